"""What a template is previewed with: a product and a sharer that do not exist, in both languages."""

from __future__ import annotations

from enum import StrEnum

from bot.media.drawn import draw_product
from bot.media.facts import PosterFacts, PosterPrice


class SampleLanguage(StrEnum):
    """The languages of the samples."""

    CHINESE = "zh"
    ENGLISH = "en"


def sample_facts(language: SampleLanguage) -> PosterFacts:
    """A poster's facts with every place filled."""
    picture = draw_product("Brass lantern", "lights", 3)
    if language is SampleLanguage.CHINESE:
        return PosterFacts(
            brand="岛屿杂货铺",
            title="复古黄铜手提灯笼 露营氛围灯 户外防风夜灯，可充电暖光三档调节",
            price=PosterPrice(before="¥", whole="59", after=".90", strike="¥89.00", saving="省 ¥29.10"),
            link="https://shop.example.com/r/K7Q2ABCD",
            short_code="K7Q2ABCD",
            hint="长按识别二维码，立即购买",
            ad_label="广告",
            code_caption="短码",
            badge="限时特惠",
            selling_point="三档暖光，续航 36 小时",
            sharer="小雅🌸",
            recommendation="小雅🌸 推荐",
            recommendation_unnamed="好友推荐",
            deadline="活动截止 12月31日 23:59（北京时间）",
            picture=picture,
        )
    return PosterFacts(
        brand="Island Gifts",
        title="Brass Hand Lantern with Warm Light, Three Steps, Rechargeable",
        price=PosterPrice(before="£", whole="24", after=".50", strike="£36.00", saving="Save £11.50"),
        link="https://shop.example.com/r/M3X9PQRS",
        short_code="M3X9PQRS",
        hint="Scan to buy",
        ad_label="Ad",
        code_caption="Code",
        badge="This week only",
        selling_point="36 hours of light from one charge",
        sharer="Amelia Thompson",
        recommendation="Amelia Thompson recommends",
        recommendation_unnamed="Recommended by a friend",
        deadline="Ends 31 December 23:59 (London time)",
        picture=picture,
    )
