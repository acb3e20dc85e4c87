"""The verbs of identity on the command line: judge, approve, withdraw, preview, explain-link and others."""

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from lowincome import linkage
from lowincome.register.judgements import VERDICTS
from lowincome.resolve.quality_table import quality_tables, quality_words
from lowincome.shanghai import SHANGHAI

AddVerb = Callable[..., argparse.ArgumentParser]


def add_verbs(verbs: Any, dated: AddVerb) -> None:
    """Add every verb; `dated` adds one that needs --data-date."""
    _pair(dated(verbs, "explain-link", _explain, _text(linkage.explain_link)))
    _pair(_verdict(dated(verbs, "preview-judgement", _preview, _text(linkage.preview))))
    _signed(_pair(_verdict(dated(verbs, "judge", _judge, _text(linkage.judge)))))
    for name, action in (("approve-judgement", linkage.approve), ("withdraw-judgement", linkage.withdraw)):
        _signed(_undated(verbs, name, _reviewed(action), _text(action))).add_argument("judgement_id", type=int)
    _undated(verbs, "judgements", _judgements, _text(linkage.list_judgements))
    dated(verbs, "review-queue", _queue, _text(linkage.review_queue)).add_argument("--top", type=int, default=20)
    dated(verbs, "golden-record", _golden, _text(linkage.golden_record)).add_argument("person_id")
    evaluate = dated(verbs, "evaluate-linkage", _evaluate, _text(linkage.evaluate_linkage))
    evaluate.add_argument("--truth", type=Path, required=True, help="CSV of record_key, person_no, kind")
    evaluate.add_argument("--apart", type=Path, help="CSV of person_no, other_no, kind: who must not be one person")
    estimate = dated(verbs, "estimate-linkage", _estimate, _text(linkage.estimate_linkage))
    estimate.add_argument("--output", type=Path, required=True, help="a new file for the next version of the model")


def _text(function: Callable[..., Any]) -> str:
    return str(function.__doc__)


def _undated(verbs: Any, name: str, function: Callable[..., None], text: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=text.split(".")[0], description=text)
    verb.set_defaults(verb=function)
    return verb


def _pair(verb: argparse.ArgumentParser) -> argparse.ArgumentParser:
    verb.add_argument("left", help="record key, as in links.csv")
    verb.add_argument("right", help="record key, as in links.csv")
    return verb


def _verdict(verb: argparse.ArgumentParser) -> argparse.ArgumentParser:
    verb.add_argument("--verdict", required=True, choices=VERDICTS)
    return verb


def _signed(verb: argparse.ArgumentParser) -> argparse.ArgumentParser:
    verb.add_argument("--who", required=True)
    verb.add_argument("--reason", required=True)
    return verb


def _now() -> datetime:
    return datetime.now(SHANGHAI).replace(tzinfo=None)


def _explain(options: argparse.Namespace, console: Console) -> None:
    console.print(linkage.explain_link(options.data_date, options.left, options.right))


def _preview(options: argparse.Namespace, console: Console) -> None:
    console.print(linkage.preview(options.data_date, options.left, options.right, options.verdict))


def _judge(options: argparse.Namespace, console: Console) -> None:
    pair = (options.left, options.right)
    number = linkage.judge(options.data_date, *pair, options.verdict, options.who, options.reason, _now())
    console.print(f"judgement {number}; somebody else approves it: approve-judgement {number} --who … --reason …")


def _reviewed(action: Callable[..., None]) -> Callable[..., None]:
    return lambda options, _: action(options.judgement_id, options.who, options.reason, _now())


def _judgements(_: argparse.Namespace, console: Console) -> None:
    console.print(linkage.list_judgements())


def _queue(options: argparse.Namespace, console: Console) -> None:
    console.print(linkage.review_queue(options.data_date)[: options.top])


def _golden(options: argparse.Namespace, console: Console) -> None:
    console.print(linkage.golden_record(options.data_date, options.person_id))


def _evaluate(options: argparse.Namespace, console: Console) -> None:
    found = linkage.evaluate_linkage(options.data_date, options.truth, options.apart)
    for table in quality_tables(found):
        console.print(table)
    console.print(quality_words("replaced", replaced=found["replaced"][0]["replaced"]))


def _estimate(options: argparse.Namespace, console: Console) -> None:
    version = linkage.estimate_linkage(options.data_date, options.output)
    console.print(f"{options.output} is version {version}; it is used once it stands at include/linkage/model.yaml")
