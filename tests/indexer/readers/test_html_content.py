import pytest

from indexer.readers.html_content import content
from indexer.readers.html_lines import lines
from indexer.readers.html_notices import announces_other_pages, is_notice, without_button
from indexer.readers.html_tree import tree

PROSE = "偏头痛发作时，头的一侧跳着疼，怕光怕声，常伴恶心。" * 6
MENU = "<ul><li><a href=/1>疾病</a><li><a href=/2>症状</a></ul>"


def kept(page):
    return [line.text for line in content(list(lines(tree(page))))]


def test_links_to_other_pages_are_not_the_text():
    assert kept(f"{MENU}<h1>偏头痛</h1><p>{PROSE}</p>{MENU}") == ["偏头痛", PROSE]


def test_a_page_of_links_has_no_text():
    assert kept(f"<h1>疾病大全</h1>{MENU}<h2>B</h2>{MENU}<p>以上信息仅供参考，本站不承担任何法律责任。</p>") == []


def test_a_page_without_any_link_is_all_text():
    assert kept("<p>头痛 发热</p>") == ["头痛 发热"]


def test_names_after_a_label_are_text_though_each_leads_to_its_page():
    page = f"{MENU}<h1>偏头痛</h1><p>{PROSE}</p><p>相关症状：<a href=1>头痛</a> <a href=2>恶心</a></p>"
    assert kept(page)[-1] == "相关症状：头痛 恶心"


@pytest.mark.parametrize(
    "mark",
    [
        "nav",
        "aside",
        "footer",
        "div class='side-bar sidebar'",
        "div id=Comments",
        "div role=navigation",
        "div style='display: none'",
    ],
)
def test_what_is_marked_as_surroundings_goes(mark):
    page = f"{MENU}<div><h1>偏头痛</h1><p>{PROSE}</p></div><{mark}><p>张医生擅长头痛的诊治，周一出诊。</p></{mark.split()[0]}>"
    assert kept(page) == ["偏头痛", PROSE]


@pytest.mark.parametrize("mark", ["div class=comment", "div class='content ad'", "aside"])
def test_an_element_that_holds_most_of_the_text_is_the_text_whatever_it_is_called(mark):
    assert kept(f"{MENU}<{mark}><p>{PROSE}</p></{mark.split()[0]}>") == [PROSE]


def test_side_effects_stand_at_no_side():
    page = f"{MENU}<h1>某药</h1><p>{PROSE}</p><div id=side-effects><p>可有嗜睡、口干。</p></div>"
    assert kept(page)[-1] == "可有嗜睡、口干。"


def test_notes_inside_an_article_are_its_text():
    parts = "<header><p>导语：先认清它。</p></header>", f"<p>{PROSE}</p>", "<aside><p>注意：少喝酒。</p></aside>"
    assert kept(f"{MENU}<article><h1>偏头痛</h1>{''.join(parts)}</article>") == [
        "偏头痛",
        "导语：先认清它。",
        PROSE,
        "注意：少喝酒。",
    ]


def test_text_that_a_page_folds_away_is_read():
    assert kept(f"{MENU}<p>{PROSE}</p><div style='display:none'><p>{PROSE}</p></div>") == [PROSE, PROSE]


def test_lists_of_other_pages_go_with_their_teasers_until_the_next_heading():
    page = (
        f"{MENU}<div><h1>偏头痛</h1><p>{PROSE}</p><p>{PROSE}</p><h2>相关文章</h2><p>想知道能不能喝咖啡？点开看看。</p>"
        "<h2>预防</h2><p>规律作息。</p></div>"
    )
    assert [line for line in kept(page) if line != PROSE] == ["偏头痛", "预防", "规律作息。"]


def test_teasers_are_the_text_of_a_page_that_has_no_other():
    card = "<a href=/1><dl><dt>咳嗽怎么办？</dt><dd>咳嗽是一种保护性反射......</dd></dl></a>"
    assert kept(f"{MENU}<ul><li>{card}<li>{card}</ul>") == ["咳嗽怎么办？", "咳嗽是一种保护性反射......"] * 2
    assert kept(f"{MENU}<p>{PROSE}</p><ul><li>{card}</ul>") == [PROSE]


def test_what_lies_outside_the_body_of_text_goes_and_what_stands_under_the_main_heading_stays():
    page = (
        f"<p>某某医院欢迎您，祝您健康。</p>{MENU}<div><div><h1>偏头痛</h1><p>别名：血管性头痛，</p></div>"
        f"<div><p>{PROSE * 3}</p></div></div><p>外面的一句话，与此无关。</p>"
    )
    assert kept(page) == ["偏头痛", "别名：血管性头痛，", PROSE * 3]


@pytest.mark.parametrize(
    "text",
    [
        "版权所有 © 某某健康网",
        "京ICP备00000000号-1",
        "本站信息仅供参考，不能代替医生的诊断。",
        "来源：健康报　发布时间：2025-01-01",
        "上一篇：感冒",
        "查看更多>>",
        "分享到：微信 微博",
        "120个回答",
        "抱歉，没有您要找的页面",
        "主办单位：某卫生健康委员会",
        "您现在的位置：首页 > 疾病 > 感冒",
        "（责任编辑：某某）",
        "在看 45",
        "阅读 2.3万",
        "— END —",
        "未经书面授权禁止复制",
        "新闻信息服务许可证 00000000",
    ],
)
def test_notices_are_known_by_their_words(text):
    assert is_notice(text)


@pytest.mark.parametrize(
    "text",
    [
        "抗原检测结果不能作为诊断的唯一依据。",
        "自测血压仅供参考，以诊室血压为准。",
        "返流性食管炎患者餐后不要平卧。",
        "作者认为早期治疗更好",
        "更多的患者在夜间发作。",
        "阅读 30 分钟后应休息片刻。",
        "位置：多在大脚趾根部。",
        "肿瘤所在位置：左肺上叶",
        "所在位置：左肺上叶",
        "关注血压变化",
        "长按止血",
        "更多饮水",
        "时间：多在夜间",
        "来源：多由上呼吸道感染，经血行播散",
        "很遗憾，目前没有根治的办法。",
        "抱歉是多余的",
        "提示：该检查不能代替病理诊断。",
        "推荐剂量",
        "立即就医",
        "返回检查",
        "原文献提到" + "这一点，" * 100 + "版权所有",
    ],
)
def test_medical_sentences_are_no_notices(text):
    assert not is_notice(text)


def test_headings_over_lists_of_pages_are_known():
    assert all(map(announces_other_pages, ("相关文章", "头痛热门问题", "猜你喜欢", "网友评论（3）", "最新资讯：")))
    assert not any(map(announces_other_pages, ("相关症状", "最新治疗进展", "并发症", "专家共识", "推荐剂量")))


def test_a_button_at_the_end_of_a_text_goes():
    assert without_button("头痛很常见..查看详细 >") == "头痛很常见.."
    assert without_button("请阅读全文") == "请阅读全文"
