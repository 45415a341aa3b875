"""The typefaces we ship and which characters each can draw.

`NotoSansSC-Regular.otf` and `NotoSansSC-Bold.otf` are subsets of Noto Sans CJK SC (SIL Open Font License, see
`OFL.txt`). They were made with fontTools from the SC face (number 2) of the `.ttc` files in Debian's package
`fonts-noto-cjk`: all of GB2312, Latin with its extensions, kana, Greek and Cyrillic letters, currency signs,
typographic marks and some 180 rarer characters of people's names. Options: `hinting=False`,
`layout_features=[]`, the tables `vhea vmtx VORG BASE GSUB GPOS GDEF` dropped.
"""
