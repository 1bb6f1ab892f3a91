"""What is asked, and how an answer is judged: records, parser, rewards, rubrics."""

from rewards.clips import resolve_clip
from rewards.questions import (
    question_from_json,
    question_to_json,
    read_questions,
    write_questions,
)
from rewards.records import Abstention, Clip, Facts, Part, Question, Response, Score, Verdict
from rewards.registry import get, names, reward
from rewards.response import parse
from rewards.rubric import Rubric

__all__ = [
    "Abstention",
    "Clip",
    "Facts",
    "Part",
    "Question",
    "Response",
    "Rubric",
    "Score",
    "Verdict",
    "get",
    "names",
    "parse",
    "question_from_json",
    "question_to_json",
    "read_questions",
    "resolve_clip",
    "reward",
    "write_questions",
]
