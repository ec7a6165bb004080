ALTER TABLE e_baseinfo ADD PRIMARY KEY (pripid);
CREATE UNIQUE INDEX ux_e_baseinfo_uniscid ON e_baseinfo (uniscid);
ALTER TABLE e_pri_person ADD PRIMARY KEY (personid);
CREATE INDEX ix_e_pri_person_pripid ON e_pri_person (pripid);
CREATE INDEX ix_e_pri_person_cerno ON e_pri_person (cerno);
