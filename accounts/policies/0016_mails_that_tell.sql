-- Old mails are deleted by the product's scope "mail" (accounts/mail/purging.py).
DROP POLICY IF EXISTS mail_delete ON accounts_mail;
CREATE POLICY mail_delete ON accounts_mail FOR DELETE USING (
    (SELECT palier_is_system('mail'))
);
