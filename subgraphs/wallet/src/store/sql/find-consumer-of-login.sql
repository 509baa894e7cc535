SELECT consumer_id
FROM consumer_logins
WHERE issuer = $1 AND subject = $2
