standards-problem = { $code }：{ $ja }
