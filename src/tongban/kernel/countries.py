"""Countries that issue passports, as passports and GB/T 2659.1 code them: three letters and short names.

Hong Kong, Macao and Taiwan do not stand here: their residents prove themselves with permits of their own. Source: the
code elements are those of ISO 3166-1; the names were reconstructed from Unicode CLDR, in the order of their pinyin.
"""

from __future__ import annotations

from tongban.kernel.errors import Text

_LIST = """
CHN 中国|China
ALB 阿尔巴尼亚|Albania
DZA 阿尔及利亚|Algeria
AFG 阿富汗|Afghanistan
ARG 阿根廷|Argentina
ARE 阿联酋|United Arab Emirates
OMN 阿曼|Oman
AZE 阿塞拜疆|Azerbaijan
IRL 爱尔兰|Ireland
EGY 埃及|Egypt
ETH 埃塞俄比亚|Ethiopia
EST 爱沙尼亚|Estonia
AND 安道尔|Andorra
AGO 安哥拉|Angola
AIA 安圭拉|Anguilla
ATG 安提瓜和巴布达|Antigua and Barbuda
AUS 澳大利亚|Australia
AUT 奥地利|Austria
BRB 巴巴多斯|Barbados
PNG 巴布亚新几内亚|Papua New Guinea
BHS 巴哈马|Bahamas
PAK 巴基斯坦|Pakistan
PRY 巴拉圭|Paraguay
PSE 巴勒斯坦|Palestine
BHR 巴林|Bahrain
PAN 巴拿马|Panama
BRA 巴西|Brazil
BLR 白俄罗斯|Belarus
BMU 百慕大|Bermuda
BGR 保加利亚|Bulgaria
MKD 北马其顿|North Macedonia
BEN 贝宁|Benin
BEL 比利时|Belgium
PER 秘鲁|Peru
ISL 冰岛|Iceland
BWA 博茨瓦纳|Botswana
BIH 波黑|Bosnia and Herzegovina
POL 波兰|Poland
BOL 玻利维亚|Bolivia
BLZ 伯利兹|Belize
BTN 不丹|Bhutan
BFA 布基纳法索|Burkina Faso
BDI 布隆迪|Burundi
PRK 朝鲜|North Korea
GNQ 赤道几内亚|Equatorial Guinea
DNK 丹麦|Denmark
DEU 德国|Germany
TLS 东帝汶|Timor-Leste
TGO 多哥|Togo
DOM 多米尼加共和国|Dominican Republic
DMA 多米尼克|Dominica
ECU 厄瓜多尔|Ecuador
ERI 厄立特里亚|Eritrea
RUS 俄罗斯|Russia
FRA 法国|France
VAT 梵蒂冈|Vatican City
FJI 斐济|Fiji
PHL 菲律宾|Philippines
FIN 芬兰|Finland
CPV 佛得角|Cape Verde
GMB 冈比亚|Gambia
COG 刚果（布）|Congo, Republic
COD 刚果（金）|Congo, Democratic Republic
GRD 格林纳达|Grenada
GEO 格鲁吉亚|Georgia
COL 哥伦比亚|Colombia
CRI 哥斯达黎加|Costa Rica
CUB 古巴|Cuba
GUY 圭亚那|Guyana
KAZ 哈萨克斯坦|Kazakhstan
HTI 海地|Haiti
KOR 韩国|South Korea
NLD 荷兰|Netherlands
MNE 黑山|Montenegro
HND 洪都拉斯|Honduras
DJI 吉布提|Djibouti
KGZ 吉尔吉斯斯坦|Kyrgyzstan
KIR 基里巴斯|Kiribati
GIN 几内亚|Guinea
GNB 几内亚比绍|Guinea-Bissau
GHA 加纳|Ghana
CAN 加拿大|Canada
GAB 加蓬|Gabon
KHM 柬埔寨|Cambodia
CZE 捷克|Czechia
ZWE 津巴布韦|Zimbabwe
CMR 喀麦隆|Cameroon
QAT 卡塔尔|Qatar
CYM 开曼群岛|Cayman Islands
HRV 克罗地亚|Croatia
COM 科摩罗|Comoros
CIV 科特迪瓦|Côte d’Ivoire
KWT 科威特|Kuwait
KEN 肯尼亚|Kenya
LVA 拉脱维亚|Latvia
LSO 莱索托|Lesotho
LAO 老挝|Laos
LBN 黎巴嫩|Lebanon
LBR 利比里亚|Liberia
LBY 利比亚|Libya
LTU 立陶宛|Lithuania
LIE 列支敦士登|Liechtenstein
LUX 卢森堡|Luxembourg
RWA 卢旺达|Rwanda
ROU 罗马尼亚|Romania
MDG 马达加斯加|Madagascar
MDV 马尔代夫|Maldives
MLT 马耳他|Malta
MWI 马拉维|Malawi
MYS 马来西亚|Malaysia
MLI 马里|Mali
MHL 马绍尔群岛|Marshall Islands
MUS 毛里求斯|Mauritius
MRT 毛里塔尼亚|Mauritania
USA 美国|United States
MNG 蒙古|Mongolia
BGD 孟加拉国|Bangladesh
MSR 蒙特塞拉特|Montserrat
FSM 密克罗尼西亚|Micronesia
MMR 缅甸|Myanmar
MDA 摩尔多瓦|Moldova
MAR 摩洛哥|Morocco
MCO 摩纳哥|Monaco
MOZ 莫桑比克|Mozambique
MEX 墨西哥|Mexico
NAM 纳米比亚|Namibia
ZAF 南非|South Africa
SSD 南苏丹|South Sudan
NRU 瑙鲁|Nauru
NIC 尼加拉瓜|Nicaragua
NPL 尼泊尔|Nepal
NER 尼日尔|Niger
NGA 尼日利亚|Nigeria
NOR 挪威|Norway
PLW 帕劳|Palau
PRT 葡萄牙|Portugal
JPN 日本|Japan
SWE 瑞典|Sweden
CHE 瑞士|Switzerland
SLV 萨尔瓦多|El Salvador
WSM 萨摩亚|Samoa
SRB 塞尔维亚|Serbia
SLE 塞拉利昂|Sierra Leone
SEN 塞内加尔|Senegal
CYP 塞浦路斯|Cyprus
SYC 塞舌尔|Seychelles
SAU 沙特阿拉伯|Saudi Arabia
STP 圣多美和普林西比|São Tomé and Príncipe
KNA 圣基茨和尼维斯|St. Kitts and Nevis
LCA 圣卢西亚|St. Lucia
SMR 圣马力诺|San Marino
VCT 圣文森特和格林纳丁斯|St. Vincent and Grenadines
LKA 斯里兰卡|Sri Lanka
SVK 斯洛伐克|Slovakia
SVN 斯洛文尼亚|Slovenia
SWZ 斯威士兰|Eswatini
SDN 苏丹|Sudan
SUR 苏里南|Suriname
SLB 所罗门群岛|Solomon Islands
SOM 索马里|Somalia
TJK 塔吉克斯坦|Tajikistan
THA 泰国|Thailand
TZA 坦桑尼亚|Tanzania
TON 汤加|Tonga
TCA 特克斯和凯科斯群岛|Turks and Caicos Islands
TTO 特立尼达和多巴哥|Trinidad and Tobago
TUR 土耳其|Türkiye
TKM 土库曼斯坦|Turkmenistan
TUN 突尼斯|Tunisia
TUV 图瓦卢|Tuvalu
VUT 瓦努阿图|Vanuatu
GTM 危地马拉|Guatemala
VEN 委内瑞拉|Venezuela
BRN 文莱|Brunei
UGA 乌干达|Uganda
UKR 乌克兰|Ukraine
URY 乌拉圭|Uruguay
UZB 乌兹别克斯坦|Uzbekistan
ESP 西班牙|Spain
GRC 希腊|Greece
SGP 新加坡|Singapore
NZL 新西兰|New Zealand
HUN 匈牙利|Hungary
SYR 叙利亚|Syria
JAM 牙买加|Jamaica
ARM 亚美尼亚|Armenia
YEM 也门|Yemen
ITA 意大利|Italy
IRQ 伊拉克|Iraq
IRN 伊朗|Iran
ISR 以色列|Israel
IND 印度|India
IDN 印度尼西亚|Indonesia
GBR 英国|United Kingdom
VGB 英属维尔京群岛|British Virgin Islands
JOR 约旦|Jordan
VNM 越南|Vietnam
ZMB 赞比亚|Zambia
TCD 乍得|Chad
GIB 直布罗陀|Gibraltar
CHL 智利|Chile
CAF 中非共和国|Central African Republic
"""
COUNTRIES: dict[str, Text] = {
    line[:3]: Text(zh=line[4:].partition("|")[0], en=line.partition("|")[2]) for line in _LIST.split("\n") if line
}
"""Name by three-letter code."""


def is_country(code: str) -> bool:
    """Whether the three letters name a country of the list."""
    return code in COUNTRIES
