standards-problem = { $code }: { $en }
