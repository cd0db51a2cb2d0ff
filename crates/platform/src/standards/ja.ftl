standards-problem = { $code }：{ $ja }
standards-error-version-taken = 第{ $version }版は、別の内容でもう登録されています。版の番号を変えてから取り込んでください。
