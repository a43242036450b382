"""What stands around a text on Chinese sites, known by its words: imprints, disclaimers, bylines, buttons, lists of other pages.

Medicine uses many of these words too (关注血压, 长按止血, 不能作为诊断依据): each pattern asks for what only a site would say.
"""

import re

MAX_NOTICE = 250  # characters: a longer text that mentions a copyright is a text

PLACE = re.compile(r"(?:您|你|现在|当前|所在)(?:现在|当前|所在|的)*位置\s?[：:]?\s*")  # before a breadcrumb

_IMPRINT = re.compile(
    r"版权所有|copyright|all rights reserved|©|ICP\s?[备证]|公网安备|公安.{0,12}备案|增值电信|药品信息服务|不良信息举报"
    r"|未经.{0,6}(?:授权|许可).{0,10}(?:转载|复制|使用)|转载请注明|网站标识码|信息服务许可证|许可证.{0,6}\d{6}|^技术支持\s?[：:]"
    r"|^(?:主办|承办|主管)(?:单位)?\s?[：:]|^(?:联系)?地址\s?[：:].{0,60}(?:电话|邮编)"
    r"|^(?:联系|咨询|服务|客服)?(?:电话|热线|邮箱)\s?[：:]\s?[\w@.—-]{5,40}$|^[-—\s]*END[-—\s]*$",
    re.I,
)
_DISCLAIMER = re.compile(
    r"仅供(?:参考|参观)|不(?:能|可)?(?:作为|代替|替代|取代).{0,16}(?:诊断|诊疗|治疗|医疗|就医|面诊)|不承担.{0,20}责任"
)
_SITE = re.compile(r"本站|本网|网站|网友|平台|以上(?:信息|内容|资料)|本(?:文内容|页面?|内容)")
_MISSING = re.compile(
    r"(?:抱歉|对不起|Sorry).{0,30}(?:找|访问|查看|搜索|页面|网页|page)|(?:页面|网页)(?:不存在|找不到|已删除)", re.I
)
_BYLINE = re.compile(
    r"[（(【\[]?(?:(?:发布|发表|更新)?(?:时间|日期)\s?[：:]\s?\d{4}.{0,80}|(?:文章|信息|稿件|内容)?来源\s?[：:][^，。；、]{0,24}"
    r"|(?:文章|信息|稿件|内容)?来源\s?[：:].{0,60}\d{4}-\d.{0,30}|(?:作者|(?:责任)?编辑|责编|审核|审校|字号|字体)\s?[：:].{0,60}"
    r"|(?:阅读量?|浏览(?:次数|量)?|点击(?:数|量)?)\s?[：:]\s?\d.{0,20})"
)
_MORE = "更多|全部|全文|详情|详细|原文"
_CONSULT = r"(?:立即|直接|免费|在线|我要|快速|马上|预约)(?:咨询|提问|问诊|预约|挂号|购买|下载|登录|注册)"
_ACTION = re.compile(
    rf"[\[【(（]?(?:[上下]一[篇页条].{{0,40}}|首页|尾页|返回(?:首页|列表|顶部|上一?页|目录|频道)?|回到?顶部|登录|注册|收起|关闭|打印(?:本页)?"
    rf"|复制(?:链接)?|举报|纠错|点?赞|收藏|(?:查看|点击|阅读|展开|显示|了解)(?:{_MORE}).{{0,8}}|{_MORE}|(?:{_MORE}).{{0,8}}[>»›]+"
    rf"|关注(?:我们|本站|作者|.{{0,8}}(?:公众号|微信号?|微博))?|扫一?扫.{{0,20}}|扫码.{{0,20}}|长按.{{0,12}}(?:二维码|识别|关注|复制).{{0,6}}"
    rf"|下载.{{0,8}}APP.{{0,6}}|在线客服|{_CONSULT}.{{0,16}}|分享[到至]?(?:[：:].{{0,40}})?"
    r"|(?:阅读|浏览|点击|评论|转发|收藏|点赞|赞|在看|关注)\s*[\d,.]+\s*[万wk+]*"
    r"|\d{1,6}\s?(?:个|条|次|人)(?:回答|评论|阅读|浏览|赞|收藏|推荐).{0,6})[\]】)）]?[\s>»›]*",
    re.I,
)
_ELSEWHERE = re.compile(
    r".{0,12}(?:相关|热门|热点|热搜|最新|推荐|精彩|更多|延伸|同类|本周|今日|名医|友情|合作)"
    r".{0,6}(?:文章|阅读|在线|推荐|新闻|资讯|问答|问题|视频|专题|排行榜?|评论|医生|医院|专家|链接|搜索|内容|话题|帖子|答疑|服务|伙伴)"
    r"|(?:猜你|大家都在|[你您](?:可能|也许)).{0,8}|看[过了].{0,6}还.{0,6}|(?:网友|用户|全部|最新|发表)?评论(?:\s?[（(]?\d*[)）]?)|专家答疑"
)
_TAGS = re.compile(r"(?:标签|关键词|tags?)\s?[：:].{0,100}", re.I)
_TRAILING_ACTION = re.compile(
    rf"\s*[\[【(（]?(?:(?:查看|点击|阅读|展开)?(?:{_MORE})(?:内容|介绍|资料)?|{_CONSULT}[^\s>»›]{{0,12}})\s*[\]】)）>»›]+\s*$"
)


def is_notice(text: str) -> bool:
    """Is a line an imprint, a disclaimer, a byline, a button, a breadcrumb, a list of tags, or the word that there is no page?"""
    if len(text) > MAX_NOTICE:
        return False
    if _IMPRINT.search(text) or _MISSING.match(text) or (_DISCLAIMER.search(text) and _SITE.search(text)):
        return True
    if PLACE.match(text) and re.search(r"[>＞»›]|首页", text):
        return True
    return any(pattern.fullmatch(text) for pattern in (_BYLINE, _ACTION, _TAGS))


def announces_other_pages(heading: str) -> bool:
    """Is this the heading of a list of other pages: 相关文章, 热门推荐, 网友评论?"""
    return bool(_ELSEWHERE.fullmatch(heading.rstrip("：: ")))


def without_button(text: str) -> str:
    """A text without the 查看详细 > at its end."""
    return _TRAILING_ACTION.sub("", text) or text
