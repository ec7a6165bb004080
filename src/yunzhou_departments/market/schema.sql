-- 市场主体登记系统：字段按市场监管数据规范取英文缩写（ent 主体，reg 登记，pri 个人），日期为文本，状态与类型为代码。
CREATE TABLE ca_code (
  codetype varchar(12) NOT NULL,
  code varchar(6) NOT NULL,
  content varchar(60) NOT NULL,
  PRIMARY KEY (codetype, code)
);
COMMENT ON TABLE ca_code IS '代码表：REGSTATE 登记状态，ENTTYPE 市场主体类型，POSITION 职务';

CREATE TABLE e_baseinfo (
  pripid char(20) NOT NULL,
  uniscid char(18) NOT NULL,
  entname varchar(120) NOT NULL,
  enttype varchar(6) NOT NULL,
  industryco varchar(6) NOT NULL,
  dom varchar(160) NOT NULL,
  estdate char(10) NOT NULL,
  regstate char(1) NOT NULL,
  regstatedate char(10),
  regorg varchar(60) NOT NULL,
  s_ext_timestamp timestamp NOT NULL
);
COMMENT ON TABLE e_baseinfo IS '市场主体照面信息（REGSTATE 1 存续 2 吊销未注销 3 吊销后注销 4 注销 5 撤销 6 迁出 9 其他）';

CREATE TABLE e_pri_person (
  personid bigint NOT NULL,
  pripid char(20) NOT NULL,
  name varchar(60) NOT NULL,
  certype varchar(2) NOT NULL,
  cerno varchar(20) NOT NULL,
  position varchar(6) NOT NULL,
  lerepsign char(1) NOT NULL,
  takedate char(10) NOT NULL
);
COMMENT ON TABLE e_pri_person IS '主要人员（LEREPSIGN 1 为法定代表人、负责人或经营者）';
