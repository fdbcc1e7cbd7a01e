-- What an approval at the gate signs; null where it is an ordinary review.
alter table system.gates add column sign_off text;
