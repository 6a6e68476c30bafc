"""A question that asks for a figure is answered by a passage that gives one of its kind, not by any on the subject."""

from __future__ import annotations

import pytest

from index.quantities import quantity
from index.synonyms import Name


@pytest.mark.parametrize(
    ("question", "called", "given", "lacking"),
    [
        ("What percentage of users peel?", "percentage", "About 12.5% peeled.", "In 2016 some peeled."),
        ("which share got better", "percentage", "Nineteen: two thirds got better.", "Most got better."),
        ("proportion of patients who relapsed", "percentage", "8 of the 40 relapsed.", "Some of the 40 relapsed."),
        ("what does a session cost in Leeds?", "price", "A session is £ 120.", "A session is 20 minutes."),
        ("which dose of zinc", "dose", "They took 30 mg of zinc.", "They took 30 tablets of zinc."),
        ("How often should I apply it?", "frequency", "Apply twice a day.", "Apply a thin layer."),
        ("how many times stronger is it", "ratio", "It was 4 times as strong.", "It was stronger in 4 trials."),
        ("how long does redness last", "length of time", "Redness lasts 2 to 3 days.", "Redness lasted in 3 women."),
        ("How many weeks until it works?", "length of time", "It took twelve weeks.", "It took a while."),
        ("what year was it banned", "year", "It was banned in 2009.", "It was banned by 9 states."),
        ("which tretinoin concentration was used", "strength", "Cream of 0.05% was used.", "A cream was used by 5."),
        ("what pH does it need", "pH", "It needs a pH below 3.5.", "It needs acid, 3.5 times as much."),
        ("how many women were tested", "number of women", "On 40 healthy adult women.", "On 40 men, some women."),
        ("how many people tried it", "number of people", "It was tried by 12 people.", "It was tried in 12 weeks."),
        ("how many studies were pooled?", "number of studies", "One study of 2010 was pooled.", "Studies were pooled."),
    ],
)  # fmt: skip
def test_a_kind_of_figure_is_asked_for_and_given(question: str, called: str, given: str, lacking: str) -> None:
    asked = quantity(question)

    assert asked is not None
    assert asked.called == called
    assert asked.lacking([given]) == 0
    assert asked.lacking([lacking]) == 1
    assert asked.lacking([lacking, given]) == 0.5


@pytest.mark.parametrize(
    "question",
    [
        "does vitamin C help dark spots?",
        "is it cost-effective?",
        "how many of those were mild?",
        "how well does it work",
        "retinal or retinol, which needs a lower dose to work?",
        "when can I wear make-up again",
        "",
    ],
)
def test_most_questions_ask_for_none(question: str) -> None:
    assert quantity(question) is None


def test_what_is_counted_may_go_by_another_name() -> None:
    question = "how many wemen were tested"
    names = (Name(9, 14, "wemen", ("women",)),)

    asked, as_written = quantity(question, names), quantity(question)

    assert asked is not None
    assert as_written is not None
    assert asked.lacking(["It was tried on 40 women."]) == 0
    assert as_written.lacking(["It was tried on 40 women."]) == 1


def test_no_texts_lack_nothing() -> None:
    asked = quantity("how many women")

    assert asked is not None
    assert asked.lacking([]) == 0
