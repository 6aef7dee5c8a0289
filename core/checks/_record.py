"""Rules on the record: files as they were saved, the cohort's digest, seeds and versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.artifacts import verify_artifact
from core.checks._verdict import Phrase, Verdict, unchecked
from core.errors import ArtifactError
from core.versions import versions

if TYPE_CHECKING:
    from core.checks._evidence import Evidence

_WANTED = ("task", "modality", "cohort", "cohort_digest", "seed", "settings", "versions", "files")
_OF_RUN = ("date", "python", "platform", "seconds")


def files_intact(evidence: Evidence) -> Verdict:
    """Every file is the one that was saved."""
    artifact = evidence.found.artifact
    values: dict[str, object] = {"n": len(artifact.manifest["files"]), "version": artifact.version}
    try:
        beyond = tuple(verify_artifact(artifact))
    except ArtifactError as error:
        return Verdict("red", Phrase("checks.files_intact.altered", {"file": error.values.get("file", "–")}))
    if beyond:
        return Verdict("amber", Phrase("checks.files_intact.beyond", values | {"files": beyond[:5]}))
    return Verdict("green", Phrase("checks.files_intact.measured", values))


def same_cohort(evidence: Evidence) -> Verdict:
    """The cohort that the other checks look at is the one the model was trained on."""
    if evidence.given is None:
        return unchecked("no_cohort")
    values = {"stored": str(evidence.manifest.get("cohort_digest"))[:12], "found": evidence.digest[:12]}
    if evidence.cohort is None:
        return Verdict("red", Phrase("checks.same_cohort.other", values))
    return Verdict(
        "green", Phrase("checks.same_cohort.measured", values | {"n": len(evidence.cohort.labels)})
    )


def versions_recorded(evidence: Evidence) -> Verdict:
    """Seed, settings, versions and date are stored; other versions than today's are said."""
    # a fusion has no settings of its own: the two models that it joins have theirs
    wanted = ("bases" if key == "settings" and evidence.is_fusion else key for key in _WANTED)
    missing = tuple(key for key in wanted if evidence.manifest.get(key) in (None, "", {}, []))
    missing += tuple(key for key in _OF_RUN if evidence.found.artifact.run.get(key) in (None, ""))
    if missing:
        return Verdict("red", Phrase("checks.versions_recorded.missing", {"names": missing}))
    stored, here = evidence.manifest["versions"], versions()
    other = tuple(
        f"{name} {stored[name]} → {here[name]}"
        for name in stored
        if name in here and here[name] != stored[name]
    )
    values: dict[str, object] = {"seed": evidence.manifest["seed"], "n": len(stored)}
    if other:
        return Verdict("amber", Phrase("checks.versions_recorded.other", values | {"names": other}))
    return Verdict("green", Phrase("checks.versions_recorded.measured", values))
