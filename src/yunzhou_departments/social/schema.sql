-- 社会保险业务系统：表名、列名都是编号（ac 个人，ab 单位，ae 经办），日期为整数，年月为 6 位整数，金额以元计。
CREATE TABLE aa10 (
  aaa100 varchar(10) NOT NULL,
  aaa102 varchar(6) NOT NULL,
  aaa103 varchar(40) NOT NULL,
  PRIMARY KEY (aaa100, aaa102)
);
COMMENT ON TABLE aa10 IS '代码表：AAC008 参保状态，AAC084 离退休，AAC016 就业状态，AAB019 单位类型';

CREATE TABLE ab01 (
  aab001 bigint NOT NULL,
  aab003 char(18) NOT NULL,
  aab004 varchar(80) NOT NULL,
  aab013 varchar(40) NOT NULL,
  aab019 varchar(2) NOT NULL,
  aae006 varchar(120) NOT NULL,
  aae005 varchar(20) NOT NULL,
  aab030 integer NOT NULL,
  aae036 timestamp NOT NULL
);
COMMENT ON TABLE ab01 IS '参保单位';

CREATE TABLE ac01 (
  aac001 bigint NOT NULL,
  aac002 char(18) NOT NULL,
  aac003 varchar(60) NOT NULL,
  aac004 char(1) NOT NULL,
  aac006 integer NOT NULL,
  aac008 varchar(2) NOT NULL,
  aac016 varchar(2) NOT NULL,
  aab001 bigint,
  aac040 numeric(10,2) NOT NULL,
  aae006 varchar(120) NOT NULL,
  aae005 varchar(20),
  aae100 char(1) NOT NULL,
  aae036 timestamp NOT NULL,
  aaz001 integer NOT NULL
);
COMMENT ON TABLE ac01 IS '参保人员（aac002 社会保障号码，aac008 参保状态，aac016 就业状态，aab001 现单位，aac040 缴费工资，aae100 有效标志）';

CREATE TABLE ac08 (
  aac001 bigint NOT NULL,
  aae140 varchar(3) NOT NULL,
  aae041 integer NOT NULL,
  aae042 integer,
  aab004 varchar(80) NOT NULL,
  aac040 numeric(10,2) NOT NULL,
  aae202 integer NOT NULL,
  aab034 varchar(40) NOT NULL
);
COMMENT ON TABLE ac08 IS '缴费段（aae041 起、aae042 止年月，aae202 月数，aab034 参保地经办机构）';

CREATE TABLE ic10 (
  aac001 bigint NOT NULL,
  aic161 integer NOT NULL,
  aic166 numeric(10,2) NOT NULL,
  aae116 char(1) NOT NULL,
  aae036 timestamp NOT NULL
);
COMMENT ON TABLE ic10 IS '养老待遇（aic161 享受待遇起始年月，aic166 月养老金，aae116 发放状态 1 正常 2 暂停 3 终止）';
