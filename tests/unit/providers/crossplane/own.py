"""A Composition of one's own as a person writes it, and files of it."""

from pathlib import Path

from kubegenie_tui.paths import compositions_dir

SMALL = """\
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
spec:
  compositeTypeRef: {apiVersion: kubegenie.io/v1alpha1, kind: KubernetesCluster}
  mode: Pipeline
  pipeline:
    - step: compose
      functionRef: {name: function-patch-and-transform}
      input:
        apiVersion: pt.fn.crossplane.io/v1beta1
        kind: Resources
        patchSets:
          - name: place
            patches:
              - {fromFieldPath: spec.parameters.region, toFieldPath: spec.forProvider.location}
        resources:
          - name: cluster
            base:
              apiVersion: container.gcp.m.upbound.io/v1beta1
              kind: Cluster
              spec: {forProvider: {initialNodeCount: 1, deletionProtection: false}, writeConnectionSecretToRef: {}}
            patches:
              - {type: PatchSet, patchSetName: place}
              - type: FromCompositeFieldPath
                fromFieldPath: metadata.name
                toFieldPath: spec.writeConnectionSecretToRef.name
                transforms:
                  - {type: string, string: {type: Format, fmt: "%s-kubeconfig"}}
"""


def keep(name: str, text: str = SMALL) -> Path:
    """Put a file where those of one's own are looked for."""
    path = compositions_dir() / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
