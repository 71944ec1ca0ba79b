"""A chart to install in tests, and helm: the one of this machine, or the small one that the tests bring along."""

import os
import shutil
import sys
from pathlib import Path

import pytest

FAKE = Path(__file__).with_name("fake_helm.py")
CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\nappVersion: '2.0'\n",
    "values.yaml": "# how quick it is\nmode: slow\nextra: ''\n",
    "templates/flags.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-flags
  annotations:
data:
  mode: {{ .Values.mode | quote }}
  kept: "1"
""",
    "templates/extra.yaml": """\
{{- if .Values.extra }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-extra
data:
  extra: {{ .Values.extra | quote }}
{{- end }}
""",
    "templates/password.yaml": """\
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-password
stringData:
  password: {{ .Values.mode | quote }}
""",
    "templates/migrate.yaml": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-migrate
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
data:
  mode: {{ .Values.mode | quote }}
""",
}
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: PLURAL.charts.example.com}
spec:
  group: charts.example.com
  scope: Namespaced
  names: {plural: PLURAL, singular: flag, kind: Flag}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object}}
"""


def write_chart(directory: Path, version: str = "1.0.0", defines: str = "") -> Path:
    """The chart as a directory; one that defines a kind when the plural of that is given."""
    definitions = {"crds/flags.yaml": DEFINITION.replace("PLURAL", defines)} if defines else {}
    for name, text in (CHART | definitions).items():
        file = directory / "web" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("1.0.0", version))
    return directory / "web"


def bring_helm(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put helm on PATH, unless it is there."""
    if not shutil.which("helm"):
        bring_fake_helm(directory, monkeypatch)


def bring_fake_helm(directory: Path, monkeypatch: pytest.MonkeyPatch, version: str = "") -> None:
    """Put the small helm on PATH before any other; one that does as this version where it matters."""
    monkeypatch.setenv("FAKE_HELM", version)
    program = directory / "bin" / "helm"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
