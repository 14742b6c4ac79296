-- The first day of the rows of an account that were forgotten because of their age: accounts stay as old as they are.
CREATE TABLE forgotten_days (account INTEGER, "day" INTEGER);
