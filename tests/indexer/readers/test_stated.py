from datetime import date

import pytest

from indexer.readers import stated
from tests.factories import make_document


def facts(*lines, title=""):
    return stated.read(title, lines).facts


@pytest.mark.parametrize(
    "line", ["别名：上感、伤风", "【别名】上感；伤风", "又 称：上感，伤风。", "別名：上感、伤风等", "俗称: 上感 伤风"]
)
def test_other_names_are_read_after_their_label(line):
    assert facts(line).aliases == ("上感", "伤风")


def test_commas_and_spaces_in_a_name_do_not_part_it():
    assert facts("别名：N,N-二甲基甲酰胺、Guillain-Barre syndrome").aliases == ("N,N-二甲基甲酰胺", "Guillain-Barre syndrome")


@pytest.mark.parametrize(
    "line", ["感冒又称上感，由病毒引起。", "别名：暂无", "别名：" + "很长" * 120, "别名：这是一句话。不是名字！"]
)
def test_what_is_said_in_passing_or_says_nothing_states_no_name(line):
    assert facts(line).aliases == ()


def test_brackets_after_a_title_state_other_names():
    assert facts(title="感冒（别名：上感，伤风）").aliases == ("上感", "伤风")
    assert stated.without_aliases("感冒 （别名：上感，伤风）") == "感冒"


def test_departments_are_read_as_paths():
    assert facts("就诊科室：内科 神经内科").departments == ("内科/神经内科",)


def test_two_statements_that_differ_leave_it_open():
    assert facts("别名：上感", "别名：肺炎").aliases == ()
    assert facts("别名：上感", "别名：上感").aliases == ("上感",)


def test_a_label_is_found_after_another_on_its_line():
    read = stated.read("", ["来源：医政处　发布时间：2025-01-09 10:00　字号：大"])
    assert read.published_at == date(2025, 1, 9)


def test_dates_of_publication_change_and_effect_are_told_apart():
    read = stated.read("", ["更新时间：2025年3月2日", "施行日期：2025/2/1"])
    assert (read.published_at, read.updated_at, read.facts.effective_on) == (None, date(2025, 3, 2), date(2025, 2, 1))


@pytest.mark.parametrize(
    "title", ["慢性胃炎诊治指南（2022年）", "某病诊疗方案（试行第十版）", "中国专家共识", "肠结核诊断和治疗共识意见"]
)
def test_a_title_says_that_it_is_a_guideline(title):
    assert facts(title=title).kind == "guideline"


@pytest.mark.parametrize(
    "title", ["产科疾病就医指南", "孕期用药指南", "高血压防治指南解读", "关于印发某病诊疗方案的通知", "头痛"]
)
def test_advice_for_patients_and_texts_about_a_guideline_are_none(title):
    assert facts(title=title).kind == ""


def test_a_text_that_names_its_drug_is_of_a_drug():
    assert facts("【药品名称】布洛芬混悬液").kind == "drug"


def test_what_a_document_says_itself_goes_before_and_the_first_statement_before_the_next():
    document = make_document(aliases=("甲",))
    first, second = stated.read("", ["别名：乙", "科室：眼科"]), stated.read("", ["科室：骨科", "发布日期：2025-01-01"])
    done = stated.completed(document, first, second)
    assert (done.facts.aliases, done.facts.departments, done.published_at) == (("甲",), ("五官科/眼科",), date(2025, 1, 1))


def test_a_date_of_change_serves_where_no_other_is_stated():
    done = stated.completed(make_document(), stated.read("", ["更新日期：2025-03-02"]))
    assert done.published_at == date(2025, 3, 2)
