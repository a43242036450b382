from indexer.readers.html_lines import BOLD_LEVEL, lines
from indexer.readers.html_tree import tree


def read(page):
    return list(lines(tree(page)))


def texts(page):
    return [line.text for line in read(page)]


def levels(page):
    return [(line.level, line.text) for line in read(page)]


def test_blocks_and_breaks_end_lines_and_inline_elements_do_not():
    assert texts("<div>偏<b>头</b>痛<br>第二行<p>第三<span class=x>行</span></p>尾</div>") == [
        "偏头痛",
        "第二行",
        "第三行",
        "尾",
    ]


def test_a_line_wrapped_in_the_source_is_one_line_without_a_space():
    assert texts("<p>睡眠呼吸\n    暂停 综合征\nof the nose</p>") == ["睡眠呼吸暂停 综合征 of the nose"]


def test_preformatted_text_keeps_its_lines():
    assert texts("<pre>一\n二<b>三\n四</b>五\n\n六</pre><p>七\n八</p>") == ["一", "二三", "四五", "六", "七八"]


def test_links_and_bare_spans_side_by_side_are_words_side_by_side():
    assert texts("<p><a href=1>头痛</a><a href=2>发热</a></p>") == ["头痛 发热"]
    assert texts("<p>科室：<span>内科</span><span>儿科</span></p>") == ["科室：内科 儿科"]


def test_what_is_not_seen_is_not_read():
    page = "<title>题</title><style>p{}</style><script>x</script><!--注--><noscript>无</noscript><select><option>项</select>"
    assert texts(f"{page}<p>文<script>y</script>字</p><template><p>模板</p></template>") == ["文字"]


def test_headings_have_their_level_and_bold_lines_one_below():
    page = "<h2>病因<small>小</small></h2><p><strong>一、遗传</strong></p><div class='m-title'>预防</div><p><b>早睡</b>，多走路</p>"
    assert levels(page) == [(2, "病因小"), (BOLD_LEVEL, "一、遗传"), (BOLD_LEVEL, "预防"), (0, "早睡，多走路")]


def test_bold_items_of_a_list_and_long_bold_texts_are_no_headings():
    assert levels(f"<ul><li><b>限酒</b></li></ul><p><b>{'很长的话' * 10}</b></p>") == [(0, "限酒"), (0, "很长的话" * 10)]


def test_characters_in_links_are_counted_but_not_those_of_a_headings_own_anchor():
    (paragraph, head) = read("<p>见<a href='/a'>偏头痛</a>。</p><h2><a href='#x'>病因</a></h2>")
    assert (paragraph.linked, head.linked) == (3, 0)


def test_a_link_around_blocks_is_a_card():
    found = read("<a href='/a'><h3>题</h3><p>摘要。</p></a><p>正文。</p>")
    assert [(line.text, line.card, line.linked) for line in found] == [
        ("题", True, 0),
        ("摘要。", True, 0),
        ("正文。", False, 0),
    ]


def test_a_short_explanation_stands_on_the_line_of_its_term_and_a_long_one_under_it():
    page = f"<dl><dt>别名</dt><dd><a href=1>上感</a></dd><dt>病情描述：</dt><dd>{'头痛三天，' * 20}</dd><dt>会好吗？</dt><dd>会。</dd></dl>"
    assert levels(page) == [(0, "别名：上感"), (BOLD_LEVEL, "病情描述："), (0, "头痛三天，" * 20), (0, "会好吗？"), (0, "会。")]


def test_a_table_of_data_is_a_line_a_row():
    page = "<table><tr><th>药名<th>用法<tr><td>甲<td rowspan=2>饭<i>后</i><br>口服<tr><td>乙</table>"
    assert texts(page) == ["药名：甲；用法：饭后 口服", "药名：乙；用法：饭后 口服"]


def test_a_table_that_lays_out_a_page_is_no_table():
    page = "<table><tr><td><h2>左</h2><td><table><tr><td>里<td>面<tr><td>一<td>二</table></table>"
    assert texts(page) == ["左", "里：面", "一：二"]


def test_cells_that_claim_a_billion_columns_are_not_believed():
    assert texts("<table><tr><td colspan=999999999>甲<td>乙<tr><td>丙<td>丁</table>") == ["甲：乙", "丙：丁"]


def test_a_page_nested_two_thousand_deep_is_read():
    assert texts("<div>" * 2000 + "正文" + "</div>" * 2000) == ["正文"]
