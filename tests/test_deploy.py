"""What deploy/ holds against the program: its settings, its times, and what compose.yaml starts, as processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

import objects
from databases import fresh_url
from openhorse.processes import PATIENCE_SECONDS
from openhorse.settings import Settings
from serving import SECRET, Served, facts, wait_for

DEPLOY = Path(__file__).parent.parent / "deploy"
VERSION = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text("utf-8"))["project"]["version"]
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
OPENHORSE = {"migrate", "server", "worker"}
BODY = {"prompt": "a beach at sunset", "seconds": 3, "resolution": "480p"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of compose.yaml, anchors resolved."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    return found


@pytest.fixture(scope="module")
def manifests() -> list[dict[str, Any]]:
    """All Kubernetes objects."""
    paths = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    return [found for path in paths for found in yaml.safe_load_all(path.read_text("utf-8"))]


def pods(manifests: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each pod's specification and its only container's."""
    for found in manifests:
        if found["kind"] in ("Deployment", "Job"):
            spec = found["spec"]["template"]["spec"]
            (container,) = spec["containers"]
            yield spec, container


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_variable_is_a_setting(path: Path) -> None:
    """No file names an OPENHORSE_ variable that nobody reads."""
    known = {f"OPENHORSE_{name.upper()}" for name in Settings.model_fields} | {"OPENHORSE_CACHE"}
    assert set(re.findall(r"OPENHORSE_[A-Z_]+", path.read_text("utf-8"))) <= known


def test_the_image_copies_what_is_sent_to_it() -> None:
    """What the Dockerfile copies from the clone is there, is let through to the builder, and nothing else is."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    sources = {name for line in copied for name in line.split()}
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split("\n")
    assert ignored[1] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == sources
    assert all((DEPLOY.parent / source).exists() for source in sources)


def test_all_run_this_version_as_nobody_in_particular(
    services: dict[str, Any], manifests: list[dict[str, Any]]
) -> None:
    """One version and one user everywhere, a file system that is only read, and no right beyond it."""
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    user = int(re.findall(r"^USER (\d+):\1$", dockerfile, re.MULTILINE)[0])
    assert {services[name]["image"] for name in OPENHORSE} == {f"openhorse:{VERSION}"}
    for service in (services[name] for name in OPENHORSE):
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    (kustomization,) = [found for found in manifests if found["kind"] == "Kustomization"]
    assert kustomization["images"][0]["newTag"] == VERSION
    assert yaml.safe_load((DEPLOY.parent / "CITATION.cff").read_text("utf-8"))["version"] == VERSION
    files = {path.name for path in (DEPLOY / "kubernetes").glob("*.yaml")} - {"kustomization.yaml"}
    assert set(kustomization["resources"]) == files
    for spec, container in pods(manifests):
        assert spec["securityContext"]["runAsUser"] == user > 10_000
        assert spec["securityContext"]["runAsNonRoot"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {mount["mountPath"] for mount in container["volumeMounts"]} == {"/data", "/cache", "/tmp"}


def test_nobody_is_killed_who_still_drains(services: dict[str, Any], manifests: list[dict[str, Any]]) -> None:
    """Each supervisor waits for a worker's drain time and what it may take beyond it."""
    needed = Settings.model_fields["drain_seconds"].default + PATIENCE_SECONDS
    assert float(services["worker"]["stop_grace_period"].removesuffix("s")) >= needed
    unit = (DEPLOY / "systemd" / "openhorse.service").read_text("utf-8")
    assert float(re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)[0]) >= needed
    graces = [
        spec["terminationGracePeriodSeconds"] for spec, container in pods(manifests) if container["args"] == ["work"]
    ]
    assert min(graces) >= needed


def test_selectors_find_their_pods_and_secrets_stay_secret(manifests: list[dict[str, Any]]) -> None:
    """Services, budgets and policies match pods that there are; what is secret stands in no manifest."""
    labels = [f["spec"]["template"]["metadata"]["labels"] for f in manifests if f["kind"] in ("Deployment", "Job")]
    for found in manifests:
        spec = found.get("spec", {})
        selector = spec.get("selector") or spec.get("podSelector") or {}
        wanted = selector.get("matchLabels", selector)
        assert any(wanted.items() <= label.items() for label in labels), found["metadata"]["name"]
    settings = next(found["data"] for found in manifests if found["kind"] == "ConfigMap")
    for _, container in pods(manifests):
        secret = {entry["name"] for entry in container["env"]}
        assert all(set(entry["valueFrom"]) == {"secretKeyRef"} for entry in container["env"])
        assert not secret & set(settings)
        assert {"OPENHORSE_DATABASE_URL", "AWS_SECRET_ACCESS_KEY"} <= secret


def test_the_composed_installation_survives_a_worker(services: dict[str, Any], tmp_path: Path) -> None:
    """Its own commands and variables, the addresses of this machine put in: a film is made though a worker is killed
    in the middle of it, and lies in the bucket.
    """
    bucket = objects.the_server()
    prefix = objects.fresh_prefix()
    here = bucket.settings() | {
        "OPENHORSE_DATABASE_URL": fresh_url("postgresql", tmp_path),
        "OPENHORSE_BLOBS_URL": prefix,
    }
    written = services["worker"]["environment"]
    assert set(here) | {"OPENHORSE_PUBLIC_URL"} == set(written)
    assert services["migrate"]["environment"] == written
    assert services["server"]["environment"].items() > written.items()
    command, flag, *rest = services["server"]["command"]
    assert (command, flag, rest) == ("serve", "--no-workers", ["--host", "0.0.0.0", "--port", "8000"])
    migrating = [sys.executable, "-m", "openhorse", *services["migrate"]["command"]]
    elsewhere = os.environ | here | {"OPENHORSE_DATA": str(tmp_path / "migrate")}
    assert subprocess.run(migrating, env=elsewhere, check=False).returncode == 0
    with ExitStack() as stack:
        served = stack.enter_context(Served(tmp_path / "server", engine="slow", options=[flag], **here))

        def hire(folder: str) -> subprocess.Popen[bytes]:
            own = {"OPENHORSE_DATA": str(tmp_path / folder), "OPENHORSE_PUBLIC_URL": served.url}
            command = [sys.executable, "-m", "openhorse", *services["worker"]["command"]]
            worker = subprocess.Popen(command, env=served.environment | own)
            stack.callback(worker.wait)
            stack.callback(worker.kill)
            return worker

        client = stack.enter_context(
            httpx2.Client(
                base_url=served.url, headers={"Authorization": f"Bearer {SECRET}"}, trust_env=False, timeout=60
            )
        )
        path = f"/openhorse/v1/tasks/{client.post('/openhorse/v1/tasks', json=BODY).json()['id']}"
        assert services["worker"]["deploy"]["replicas"] == 2
        assert client.get(path).json()["status"] == "queued"
        first = hire("first")
        wait_for(lambda: client.get(path).json()["progress"] > 0.1)
        hire("second")
        first.kill()
        film = wait_for(lambda: (task := client.get(path).json())["status"] == "succeeded" and task["film"])
        assert facts(film["url"])["frames"] == 72
        assert len(bucket.keys(f"{prefix}/films")) == 1
    assert not (tmp_path / "server" / "openhorse.db").exists()
    assert not any((tmp_path / "second" / "renders").iterdir())
