// Prompts to begin with, by mode; each stands in the language in which it is shown to work.
export const EXAMPLES = {
  "text-to-video": [
    "A red fox walks through a snowy pine forest at dawn, watercolour",
    "A snow mountain lake in morning mist, slow camera push-in, warm cinematic light",
    "A golden retriever running on a beach, slow motion, warm sunset tones",
    "穿着黄色雨衣的女孩撑着红伞走在雨中的老街上，电影感",
    "夕阳下一只金毛犬在海边沙滩上奔跑，慢动作",
  ],
  "image-to-video": ["Add drifting clouds and shifting light", "Slow camera push-in, water ripples, leaves sway", "云在飘动，水面泛起波纹，镜头缓缓推进"],
  "reference-to-video": [
    "The character in [Image 1] walks along a beach at sunset",
    "The character in [Image 1] in a scene styled like [Image 2]",
    "[Image 1] 里的人物在公园里散步，阳光明媚",
  ],
};
