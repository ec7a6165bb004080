-- 市公安局人口信息系统（2009 年建，由大型机迁来）：标识符全大写、汉语拼音首字母、定长字符补空格、日期为 8 位文本。
CREATE TABLE "T_DM" (
  "DMLB" varchar(10) NOT NULL,
  "DM" varchar(10) NOT NULL,
  "MC" varchar(40) NOT NULL,
  PRIMARY KEY ("DMLB", "DM")
);
COMMENT ON TABLE "T_DM" IS '代码字典：XZQH 行政区划，MZ 民族，YHZGX 与户主关系，HYZK 婚姻状况，JZSY 居住事由';

CREATE TABLE "T_HJ_CZRK" (
  "RYBH" char(20) NOT NULL,
  "GMSFHM" char(18) NOT NULL,
  "XM" char(40) NOT NULL,
  "XBDM" char(1) NOT NULL,
  "MZDM" char(2) NOT NULL,
  "CSRQ" char(8) NOT NULL,
  "HH" char(12) NOT NULL,
  "YHZGX" char(2) NOT NULL,
  "HYZK" char(2) NOT NULL,
  "SSXQ" char(6) NOT NULL,
  "JLXMC" varchar(40) NOT NULL,
  "MLPH" varchar(20) NOT NULL,
  "MLXZ" varchar(40) NOT NULL,
  "LXDH" varchar(20),
  "ZXBZ" char(1) NOT NULL,
  "ZXRQ" char(8),
  "FQSFZH" char(18),
  "MQSFZH" char(18),
  "GXSJ" char(14) NOT NULL,
  "BBH" integer NOT NULL
);
COMMENT ON TABLE "T_HJ_CZRK" IS '户籍常住人口（FQSFZH 父亲、MQSFZH 母亲的公民身份号码）';

CREATE TABLE "T_ZJ_SFZ" (
  "SLH" char(16) NOT NULL,
  "GMSFHM" char(18) NOT NULL,
  "QFRQ" char(8) NOT NULL,
  "JZRQ" char(8) NOT NULL,
  "QFJG" varchar(60) NOT NULL,
  "ZJZT" char(1) NOT NULL,
  "GXSJ" char(14) NOT NULL
);
COMMENT ON TABLE "T_ZJ_SFZ" IS '居民身份证签发（JZRQ 00000000 为长期；ZJZT 1 有效 2 挂失 3 到期）';

CREATE TABLE "T_CRJ_ZJ" (
  "ZJZL" char(3) NOT NULL,
  "GJDM" varchar(3) NOT NULL,
  "ZJHM" varchar(18) NOT NULL,
  "XM" varchar(60) NOT NULL,
  "CSRQ" char(8) NOT NULL,
  "XBDM" char(1) NOT NULL,
  "YXQZ" char(8) NOT NULL,
  "GXSJ" char(14) NOT NULL
);
COMMENT ON TABLE "T_CRJ_ZJ" IS '出入境管理：护照、港澳台居民和外国人的证件（GJDM 护照的签发国）';

CREATE TABLE "T_LK_JZZ" (
  "JZZBH" char(18) NOT NULL,
  "GMSFHM" char(18) NOT NULL,
  "XM" char(40) NOT NULL,
  "HJDZ" varchar(100) NOT NULL,
  "SSXQ" char(6) NOT NULL,
  "JLXMC" varchar(40) NOT NULL,
  "MLPH" varchar(20) NOT NULL,
  "MLXZ" varchar(40) NOT NULL,
  "JZSY" char(2) NOT NULL,
  "DJRQ" char(8) NOT NULL,
  "YXQZ" char(8) NOT NULL,
  "GXSJ" char(14) NOT NULL
);
COMMENT ON TABLE "T_LK_JZZ" IS '流动人口居住登记与居住证';
