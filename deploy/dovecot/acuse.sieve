# /etc/dovecot/sieve/acuse.sieve: mail to a desk's address goes to acuse, and a copy stays in the mailbox.
# Without `:copy` nothing stays there, unless acuse could not take the mail. After a change: sievec /etc/dovecot/sieve/acuse.sieve
require ["vnd.dovecot.pipe", "copy", "envelope"];

if envelope :is "to" "mo.bud@bt.com" {
  pipe :copy "acuse-ingest";
}
