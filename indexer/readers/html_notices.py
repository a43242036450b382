"""What stands around a text on Chinese sites, known by its words: imprints, disclaimers, bylines, buttons, lists of other pages."""

import re

MAX_NOTICE = 250  # characters: a longer text that mentions a copyright is a text

_IMPRINT = re.compile(
    r"版权所有|copyright|all rights reserved|©|ICP\s?[备证]|公网安备|备案编?号|增值电信|药品信息服务|不良信息举报"
    r"|未经.{0,6}(?:授权|许可).{0,10}(?:转载|复制|使用)|转载请注明|网站标识码|许可证.{0,6}\d{4}|^(?:主办|承办|主管)(?:单位)?\s?[：:]|^技术支持\s?[：:]|^(?:联系)?地址\s?[：:].{0,60}(?:电话|邮编)"
    r"|^(?:联系|咨询|服务|客服)?(?:电话|热线|邮箱)\s?[：:]\s?[\w@.—-]{5,40}$"
    r"|^[-—\s]*(?:END|完)[-—\s]*$",
    re.I,
)
PLACE = re.compile(r"(?:您|你|现在|当前|所在)(?:现在|当前|所在|的)*位置\s?[：:]?\s*")  # before a breadcrumb
_DISCLAIMER = re.compile(
    r"仅供(?:参考|参观)|不(?:能|可)?(?:作为|代替|替代|取代).{0,16}(?:诊断|诊疗|治疗|医疗|就医|面诊)|不承担.{0,20}责任"
)
_SPEAKER = re.compile(r"本站|本网|网站|网友|平台|以上(?:信息|内容|资料)|本文内容|^(?:提示|声明|特别声明|温馨提示|免责)")
_BYLINE = re.compile(
    r"[（(【\[]?(?:(?:文章|信息|稿件|内容)?来源|作者|(?:责任)?编辑|责编|审核|审校|(?:发布|发表|更新)(?:时间|日期)|时间|日期|阅读量?|浏览(?:次数|量)?"
    r"|点击(?:数|量)?|字号|字体)\s?[：:].{0,80}"
)
_ACTION = re.compile(
    r"[\[【(（]?(?:[上下]一[篇页条].{0,40}|首页|尾页|返回.{0,6}|回到?顶部|登录|注册|(?:查看|点击|阅读|展开|显示)?(?:更多|全部|全文|详情|详细|原文).{0,8}"
    r"|收起|关闭|打印(?:本页)?|复制(?:链接)?|举报|纠错|点?赞|收藏|关注.{0,12}|扫一?扫.{0,20}|扫码.{0,20}|长按.{0,20}|下载.{0,8}APP.{0,6}|在线客服"
    r"|(?:立即|直接|免费|在线|我要|快速|马上|预约)(?:咨询|提问|问诊|预约|挂号|购买|下载|登录|注册).{0,16}"
    r"|(?:阅读|浏览|点击|评论|转发|收藏|点赞|赞|在看|关注)\s*[\d,.]+\s*[万wk+]*"
    r"|分享[到至]?(?:[：:].{0,40})?|\d{1,6}\s?(?:个|条|次|人)(?:回答|评论|阅读|浏览|赞|收藏|推荐).{0,6})[\]】)）]?[\s>»›]*",
    re.I,
)
_ELSEWHERE = re.compile(
    r".{0,12}(?:相关|热门|热点|热搜|最新|推荐|精彩|更多|延伸|同类|本周|今日|名医|友情|合作)"
    r".{0,6}(?:文章|阅读|在线|推荐|新闻|资讯|问答|问题|视频|专题|排行榜?|评论|医生|医院|专家|链接|搜索|内容|话题|帖子|答疑|服务|伙伴)"
    r"|(?:猜你|大家都在|[你您](?:可能|也许)).{0,8}|看[过了].{0,6}还.{0,6}|(?:网友|用户|全部|最新|发表)?评论(?:\s?[（(]?\d*[)）]?)|专家答疑"
)
_MISSING = re.compile(
    r"(?:抱歉|对不起|很遗憾|Sorry).{0,24}(?:没有|找不到|未找到|不存在|删除|下架|无法)|(?:页面|网页)(?:不存在|找不到|已删除)",
    re.I,
)
_TAGS = re.compile(r"(?:标签|关键词|tags?)\s?[：:].{0,100}", re.I)
_TRAILING_ACTION = re.compile(
    r"\s*[\[【(（]?(?:(?:查看|点击|阅读|展开)?(?:更多|全部|全文|详情|详细|原文)(?:内容|介绍|资料)?"
    r"|(?:免费|立即|在线|快速|直接|我要)(?:咨询|提问|问诊|预约|挂号|购买|下载)[^\s>»›]{0,12})\s*[\]】)）>»›]+\s*$"
)


def is_notice(text: str) -> bool:
    """Is a line an imprint, a disclaimer, a byline, a button, a list of tags, or the word that there is no page?"""
    if len(text) > MAX_NOTICE:
        return False
    if (
        _IMPRINT.search(text)
        or _MISSING.match(text)
        or PLACE.match(text)
        or (_DISCLAIMER.search(text) and _SPEAKER.search(text))
    ):
        return True
    return any(pattern.fullmatch(text) for pattern in (_BYLINE, _ACTION, _TAGS))


def announces_other_pages(heading: str) -> bool:
    """Is this the heading of a list of other pages: 相关文章, 热门推荐, 网友评论?"""
    return bool(_ELSEWHERE.fullmatch(heading.rstrip("：: ")))


def without_button(text: str) -> str:
    """A text without the 查看详细 > at its end."""
    return _TRAILING_ACTION.sub("", text) or text
