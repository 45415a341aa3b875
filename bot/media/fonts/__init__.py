"""The typefaces we ship and which characters each can draw.

`NotoSansSC-Regular.otf` and `NotoSansSC-Bold.otf` are subsets of Noto Sans CJK SC (SIL Open Font License, see
`OFL.txt`). They were made with fontTools from the SC face (number 2) of the `.ttc` files in Debian's package
`fonts-noto-cjk`: all of GB2312, Latin with its extensions, kana, Greek and Cyrillic letters, currency signs,
typographic marks and some 180 rarer characters of people's names. Options: `hinting=False`,
`layout_features=[]`, the tables `vhea vmtx VORG BASE GSUB GPOS GDEF` dropped.

`NotoEmoji-Medium.ttf` draws the emoji that people have in their names, in one colour. It is a subset of Noto
Emoji 3.002 (the same licence), made with the same options from the variable font in the package
`manimgx-fonts` at weight 500: 526 faces, hearts, hands, animals, plants, food and festive things. Joiners,
skin tones, flags and key caps are not in it, so that a sequence is drawn as its parts.
"""
