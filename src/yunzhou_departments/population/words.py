"""Words that names are made of. Any likeness to a real person's name is chance."""

from __future__ import annotations

import random

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
    "于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷"
    "龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤"
)
COMPOUND_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "东方", "尉迟")
_OLD_MALE = "国建军华平德福明志文忠荣贵林根祥富春海山生民正义光"
_OLD_FEMALE = "英兰珍凤玉秀桂梅芳琴香莲淑云霞素翠菊华珠娥彩惠"
_MALE = "伟强磊洋勇军杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆旭晨宁博志文嘉泽子轩睿铭皓然天昊"
_FEMALE = "芳娜敏静丽艳娟霞燕玲婷雪慧莹倩颖洁琳璐晶妍悦欣怡雨涵梦琪诗佳思语雅萱可若彤"
_NEW_MALE = "梓浩宇轩泽沐辰奕铭睿子墨一诺安景川嘉言知行承佑予怀"
_NEW_FEMALE = "一诺梓萱沐瑶可馨依若汐语桐安然知夏予初清禾念悠芷晴"

RARE_CHARACTERS = {
    "喆": "哲", "堃": "坤", "赟": "贇", "垚": "尧", "翀": "冲", "昇": "升", "峯": "峰", "頔": "迪", "祎": "袆",
    "燊": "森", "旸": "阳", "珅": "绅", "瑄": "宣", "淼": "森", "犇": "奔", "䶮": "龑", "𬍛": "瓅", "𫖯": "俯",
}  # fmt: skip
"""Characters that old input methods lack, and what clerks wrote instead. The last three do not exist in GBK."""

_RARE = tuple(RARE_CHARACTERS)
RARE_RATE = 0.025

_DOTTED_FIRST = {
    "1": ("买买提", "艾力", "阿不都", "吐尔逊", "库尔班"),
    "2": ("阿依努尔", "古丽米热", "帕提古丽", "热依汗"),
}
_DOTTED_LAST = ("艾合买提", "吐尔洪", "依明", "托乎提", "卡德尔")

ETHNIC_GROUPS = {
    "01": "汉族", "02": "蒙古族", "03": "回族", "04": "藏族", "05": "维吾尔族", "06": "苗族", "07": "彝族",
    "08": "壮族", "09": "布依族", "10": "朝鲜族", "11": "满族", "12": "侗族", "13": "瑶族", "14": "白族",
    "15": "土家族", "16": "哈尼族", "17": "哈萨克族", "18": "傣族", "19": "黎族", "22": "畲族",
}  # fmt: skip
_OTHER_GROUPS = ("03", "11", "08", "15", "06", "02", "12", "05", "13", "22")

ETHNIC_RATE = 0.05


def surname(rng: random.Random) -> str:
    """A surname; common ones come up more often."""
    if rng.random() < 0.006:
        return COMPOUND_SURNAMES[int(rng.random() * len(COMPOUND_SURNAMES))]
    # The square of a uniform number favours the head of the list, as real frequencies do.
    return _SURNAMES[int(rng.random() ** 2 * len(_SURNAMES))]


def given_name(rng: random.Random, sex: str, birth_year: int) -> str:
    """A given name of the fashion of the birth year."""
    if birth_year < 1968:
        pool = _OLD_MALE if sex == "1" else _OLD_FEMALE
    elif birth_year < 2010:
        pool = _MALE if sex == "1" else _FEMALE
    else:
        pool = _NEW_MALE if sex == "1" else _NEW_FEMALE
    size = len(pool)
    first = pool[int(rng.random() * size)]
    if rng.random() < RARE_RATE:
        rare = _RARE[int(rng.random() * len(_RARE))]
        return rare if rng.random() < 0.4 else first + rare
    if rng.random() < 0.16:
        return first
    return first + pool[int(rng.random() * size)]


def dotted_name(rng: random.Random, sex: str) -> str:
    """A transliterated name with a middle dot."""
    return f"{rng.choice(_DOTTED_FIRST[sex])}·{rng.choice(_DOTTED_LAST)}"


def ethnic_group(rng: random.Random) -> str:
    """A GB/T 3304 code."""
    return rng.choice(_OTHER_GROUPS) if rng.random() < ETHNIC_RATE else "01"


def spelt_otherwise(name: str) -> str | None:
    """How a department without the rare character writes the name; None when nothing in it is rare."""
    for character in name:
        if (variant := RARE_CHARACTERS.get(character)) is not None:
            return name.replace(character, variant)
    return name.replace("·", ".") if "·" in name else None


COMPANY_FIRST = "云瑞恒嘉盛泰博众远博达宏启晨佳和顺昌德润丰融汇鼎卓凌锦华景航星海"
COMPANY_SECOND = "通达源泰科信诚安益昌辉腾跃兴隆和利康宁悦创想成立新图程骏宇"
INDUSTRIES = (
    ("I65", "网络科技"), ("F52", "商贸"), ("H62", "餐饮管理"), ("C35", "机械制造"), ("E50", "建筑装饰"),
    ("G54", "物流"), ("K70", "物业服务"), ("L72", "企业管理咨询"), ("C13", "食品"), ("C17", "纺织"),
    ("P83", "教育科技"), ("Q84", "健康管理"), ("M73", "生物技术"), ("N77", "环保工程"), ("R88", "文化传播"),
    ("F51", "供应链"), ("C26", "新材料"), ("C38", "电气设备"), ("O80", "家政服务"), ("A01", "农业发展"),
)  # fmt: skip
SHOPS = (("H62", "面馆"), ("H62", "小吃店"), ("F52", "便利店"), ("O80", "理发店"), ("F52", "五金店"), ("F52", "水果店"))
INSTITUTIONS = (("P83", "实验小学"), ("P83", "第二中学"), ("Q84", "社区卫生服务中心"), ("R88", "图书馆"))
HOSPITALS = ("云州市第一人民医院", "云州市妇幼保健院", "云州市中医院", "湖滨区人民医院", "望江区人民医院")
OUTSIDE_HOSPITALS = (("临州市", "临州医科大学附属医院"), ("江陵市", "江陵市中心医院"), ("南屏市", "南屏市肿瘤医院"))
BANKS = ("云州银行湖滨支行", "云州农村商业银行", "江陵银行云州分行")
