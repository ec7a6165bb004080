-- 不动产登记系统（2016 年建）：小写拼音加前缀，坐落写成一句，日期带斜线，面积带小数，金额以万元计。
CREATE TABLE f_bdcdy (
  bdcdyh varchar(28) NOT NULL,
  xzqdm varchar(6) NOT NULL,
  zl varchar(120) NOT NULL,
  jzmj numeric(12,2) NOT NULL,
  ytdm varchar(3) NOT NULL,
  fwjg varchar(2) NOT NULL,
  szc integer NOT NULL,
  jgnf varchar(4) NOT NULL
);
COMMENT ON TABLE f_bdcdy IS '不动产单元（ytdm 010 住宅 020 商业服务 030 办公 040 工业仓储 050 车库）';

CREATE TABLE f_qlr (
  lsh bigint NOT NULL,
  bdcqzh varchar(60) NOT NULL,
  bdcdyh varchar(28) NOT NULL,
  qlrmc varchar(60) NOT NULL,
  zjzl varchar(1) NOT NULL,
  zjh varchar(30) NOT NULL,
  gyfs varchar(1) NOT NULL,
  gybl varchar(10) NOT NULL,
  qdjg numeric(14,4),
  djsj varchar(10) NOT NULL,
  qszt varchar(1) NOT NULL,
  gxsj timestamp NOT NULL
);
COMMENT ON TABLE f_qlr IS '权利人（gyfs 0 单独 1 共同 2 按份；qszt 1 现势 0 历史；qdjg 取得价格，万元；早期登记的 zjh 为 15 位）';

CREATE TABLE f_dyaq (
  lsh bigint NOT NULL,
  bdcdyh varchar(28) NOT NULL,
  dyqr varchar(60) NOT NULL,
  zqse numeric(14,4) NOT NULL,
  qssj varchar(10) NOT NULL,
  jssj varchar(10) NOT NULL,
  zt varchar(1) NOT NULL
);
COMMENT ON TABLE f_dyaq IS '抵押权（zqse 债权数额，万元；zt 1 未注销 0 已注销）';

CREATE TABLE f_zlba (
  babh varchar(20) NOT NULL,
  bdcdyh varchar(28) NOT NULL,
  bdcqzh varchar(60) NOT NULL,
  czrmc varchar(60) NOT NULL,
  czrzjh varchar(30) NOT NULL,
  cuzrmc varchar(60) NOT NULL,
  cuzrzjh varchar(30) NOT NULL,
  yzj numeric(10,2) NOT NULL,
  qzrq varchar(10) NOT NULL,
  zzrq varchar(10) NOT NULL,
  zt varchar(1) NOT NULL,
  gxsj timestamp NOT NULL
);
COMMENT ON TABLE f_zlba IS '房屋租赁备案（cz 出租人，cuz 承租人；yzj 月租金，元；zt 1 有效 0 注销）';

CREATE TABLE f_wqht (
  htbh varchar(20) NOT NULL,
  bdcdyh varchar(28) NOT NULL,
  bdcqzh varchar(60) NOT NULL,
  cmrmc varchar(60) NOT NULL,
  cmrzjh varchar(30) NOT NULL,
  msrmc varchar(60) NOT NULL,
  msrzjh varchar(30) NOT NULL,
  cjjg numeric(14,4) NOT NULL,
  qdrq varchar(10) NOT NULL,
  zt varchar(1) NOT NULL,
  gxsj timestamp NOT NULL
);
COMMENT ON TABLE f_wqht IS '存量房网签合同（cjjg 成交价格，万元；zt 1 已备案 2 已过户 9 已撤销）';
