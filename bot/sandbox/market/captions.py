"""Captions that the demo shop's people have written, made up: by SKU, tone and language."""

from __future__ import annotations

from models.catalog.captions import Tone

CAPTIONS: dict[str, dict[tuple[Tone, str], str]] = {
    "79321": {
        (
            Tone.WARM,
            "en",
        ): "We hung {title} over the kitchen table, and the evenings got warmer. {price}: {link}",
        (Tone.WARM, "zh"): "厨房餐桌上方挂一串{title}，晚上一下子就温馨了。现在 {price}：{link}",
        (Tone.LIVELY, "en"): "🌶️ Hot stuff! {title} for {price} 👉 {link}",
        (Tone.LIVELY, "zh"): "🌶️ 辣到发光！{title}，只要 {price} 👉 {link}",
    },
    "22423": {
        (Tone.WARM, "en"): "Tea with friends on Sunday? {title} does the rest. {price}: {link}",
        (Tone.WARM, "zh"): "周末约朋友喝下午茶，有{title}就够了。{price}：{link}",
    },
}
