"""Nothing comes in that is looked at, a constant goes out: what the frameworks themselves cost, as a floor."""

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

BODY = b'{"code":200,"message":"success","data":{"taskId":"hiapi_01M9W8X4Y6Z2","status":"pending"}}'


async def answer(request: Request) -> Response:
    if request.method == "POST":
        await request.body()
    return Response(BODY, media_type="application/json")


starlette_app = Starlette(
    routes=[Route("/v1/tasks", answer, methods=["POST"]), Route("/v1/tasks/{task_id}", answer, methods=["GET"])]
)
fastapi_app = FastAPI()
fastapi_app.post("/v1/tasks")(answer)
fastapi_app.get("/v1/tasks/{task_id}")(answer)
