"""What the demo shop sells: a selection of the real shop's products, with its own SKUs and prices (GBP).

Titles are the shop's, tidied; categories are those of docs/real-data.md's table. `README.md` names the source.
"""

from __future__ import annotations

from dataclasses import dataclass

SHOP_NAME = "Lantern & Lace"
CURRENCY = "GBP"
TIMEZONE = "Europe/London"


@dataclass(frozen=True, slots=True)
class Good:
    """One product; `price` is a decimal text. `drawn_as` names what its picture shows, where the title misleads."""

    sku: str
    title: str
    title_zh: str
    price: str
    category: str
    drawn_as: str = ""


REDUCED_FROM = {"22423": "14.95", "79321": "5.95", "85123A": "3.45"}
"""Prices before a reduction, made up: the real shop's export has none."""
DAYS_OLD = {"22570": 2, "22189": 5, "15056N": 9, "22502": 12}
"""How long some goods are in the catalogue; the others are as old as the shop."""
AS_OLD_AS_THE_SHOP = 90


GOODS: tuple[Good, ...] = (
    Good("85123A", "White Hanging Heart T-Light Holder", "白色悬挂爱心烛台", "2.95", "lights"),
    Good("22178", "Victorian Glass Hanging T-Light", "维多利亚玻璃悬挂烛灯", "1.25", "lights"),
    Good("79321", "Chilli Lights", "小辣椒串灯", "4.95", "lights"),
    Good("21731", "Red Toadstool LED Night Light", "红蘑菇 LED 小夜灯", "1.65", "lights"),
    Good("22969", "Homemade Jam Scented Candles", "果酱香氛蜡烛", "1.45", "lights"),
    Good("22423", "Regency Cakestand 3 Tier", "摄政风三层蛋糕架", "12.75", "kitchen"),
    Good("22720", "Set of 3 Cake Tins Pantry Design", "厨房系列蛋糕罐三件套", "4.95", "kitchen"),
    Good("22697", "Green Regency Teacup and Saucer", "摄政风绿色茶杯与茶碟", "2.95", "kitchen"),
    Good(
        "22139",
        "Retrospot Tea Set Ceramic 11 Pc",
        "复古波点陶瓷茶具 11 件套",
        "4.95",
        "kitchen",
        "Red Spot Bowl",
    ),
    Good("22960", "Jam Making Set with Jars", "果酱制作套装（含罐）", "4.25", "kitchen"),
    Good("85099B", "Jumbo Bag Red Retrospot", "红色波点大号购物袋", "1.95", "bags"),
    Good(
        "22411",
        "Jumbo Shopper Vintage Red Paisley",
        "复古红佩斯利大购物袋",
        "1.95",
        "bags",
        "Blue Stripe Shopper",
    ),
    Good("20725", "Lunch Bag Red Retrospot", "红色波点午餐袋", "1.65", "bags"),
    Good("47566", "Party Bunting", "派对彩旗", "4.95", "decorations"),
    Good(
        "22457",
        "Natural Slate Heart Chalkboard",
        "天然石板爱心小黑板",
        "2.95",
        "decorations",
        "Brown Wall Sign",
    ),
    Good("21754", "Home Building Block Word", "HOME 字母积木摆件", "5.95", "gifts"),
    Good("22726", "Alarm Clock Bakelike Green", "复古闹钟（绿色）", "3.75", "home"),
    Good("48194", "Doormat Hearts", "爱心地垫", "7.95", "home", "Red Doormat"),
    Good("82482", "Wooden Picture Frame White Finish", "白色木质相框", "2.55", "home"),
    Good("84879", "Assorted Colour Bird Ornament", "彩色小鸟摆件", "1.69", "garden"),
    Good("15056N", "Edwardian Parasol Natural", "爱德华风阳伞（本色）", "5.95", "garden"),
    Good(
        "22502", "Picnic Basket Wicker Small", "小号藤编野餐篮", "5.95", "garden", "Brown Wicker Gingham Bag"
    ),
    Good("22189", "Cream Heart Card Holder", "奶油色爱心卡片架", "3.95", "stationery", "Pink Card Notebook"),
    Good("22570", "Feltcraft Cushion Rabbit", "兔子毛毡手工靠垫", "3.75", "toys"),
)
