"""Copilot Studio agents over Direct Line."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug import Response

from ntro import data
from ntro.agents import following, passback
from ntro.agents.copilot import DirectLine
from ntro.agents.copilot_states import attachments_of
from ntro.workflow.agents import AgentHostError, ProviderFileRef, SessionRef

Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passback, "SETTLED_SECONDS", 0.05)
    monkeypatch.setattr(passback, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(following, "LONGEST_PAUSE_SECONDS", 0.05)


@pytest.fixture
def copilot(registry: Any) -> str:
    agent: str = registry.add("copilot_agent", ref="copilot://agents/bot-1")
    return agent


async def test_a_conversation_runs_to_its_end_and_its_attachments_come_back(
    direct_line: Any, copilot: str, ask: Ask, db: data.DataPlane
):
    direct_line.files = {"pack.docx": b"pack", "annex.txt": b"annex"}
    direct_line.silent = 2
    direct_line.answers = [
        {"type": "typing"},
        {"text": "Working.", "inputHint": "ignoringInput"},
        {
            "text": "Here it is.",
            "inputHint": "ignoringInput",
            "attachments": [
                {
                    "contentType": "application/msword",
                    "contentUrl": f"{direct_line.url}/files/pack.docx",
                    "name": "../pack.docx",
                },
                {"contentType": "application/vnd.microsoft.card.adaptive", "content": {}},
            ],
        },
        {
            "text": "And the annex.",
            "attachments": [{"contentType": "text/plain", "contentUrl": f"{direct_line.url}/files/annex.txt"}],
        },
        {"type": "endOfConversation", "code": "completedSuccessfully"},
    ]
    result = await ask(copilot, {"nav": "1.00"})
    assert (result.status, result.session_id, result.output_text) == ("completed", "c1", "And the annex.")
    assert [file.filename for file in result.output_files] == ["pack.docx", "attachment-0"]
    (said, *_) = direct_line.conversations["c1"]
    rows = await db.fetch("select id::text from system.agent_sessions")
    assert said["text"] == '{"nav": "1.00"}'
    assert said["channelData"] == {"clientActivityID": rows[0]["id"]}
    assert result.raw["event_count"] == 6


@pytest.mark.parametrize(
    ("answers", "status", "word"),
    [
        ([{"text": "Done.", "inputHint": "acceptingInput"}], "completed", None),
        ([{"text": "Done."}], "completed", None),
        ([{"type": "endOfConversation", "code": "botTimedOut"}], "failed", "botTimedOut"),
        ([{"type": "endOfConversation", "code": "userCancelled"}], "cancelled", "ended"),
        ([{"text": "Which period?", "inputHint": "expectingInput"}], "failed", "question"),
        ([{"text": "Wait.", "inputHint": "ignoringInput"}], "failed", "did not end"),
    ],
)
async def test_a_conversation_ends_as_the_agent_says(
    direct_line: Any, copilot: str, ask: Ask, answers: list[dict[str, Any]], status: str, word: str | None
):
    direct_line.answers = answers
    result = await ask(copilot, max_poll_seconds=1)
    assert result.status == status
    assert (result.error is None) if word is None else (word in result.error)


async def test_a_rate_limit_is_waited_out_and_the_input_is_said_once(direct_line: Any, copilot: str, ask: Ask):
    direct_line.answers = [{"text": "Done."}]
    busy = Response("{}", 429, {"Retry-After": "0"})
    direct_line.failures = [("POST activities", Response("{}", 503)), ("GET activities", busy)]
    with pytest.raises(AgentHostError) as refused:
        await ask(copilot)
    assert refused.value.retryable is True
    direct_line.failures = []
    assert (await ask(copilot)).status == "completed"
    assert list(direct_line.conversations) == ["c1"]
    ours = [item for item in direct_line.conversations["c1"] if item["from"]["id"] == "ntro"]
    assert len(ours) == 1


async def test_what_was_said_before_a_worker_died_is_not_said_again(direct_line: Any):
    provider = DirectLine(direct_line.url, "direct-line-secret")
    ref = await provider.start_session(external_ref="", environment_id=None, vault_ids=[], input_message="")
    for _ in range(3):
        await provider.begin(ref, input_message="Write it.", tag="tag-1")
    await provider.aclose()
    assert len(direct_line.conversations["c1"]) == 1


async def test_the_secret_goes_to_direct_line_alone_and_plain_addresses_are_refused(direct_line: Any):
    provider = DirectLine(direct_line.url, "direct-line-secret")
    file = ProviderFileRef("1/0", "x", "text/plain", extra={"url": "http://elsewhere.invalid/x"})
    with pytest.raises(AgentHostError):
        await anext(provider.download_file(SessionRef("c1", "copilot_agent"), file))
    await provider.aclose()


def test_our_own_attachments_are_none_of_the_agents():
    own = {"from": {"id": "ntro"}, "attachments": [{"contentType": "text/plain", "contentUrl": "https://x"}]}
    assert attachments_of([own], "ntro") == []
