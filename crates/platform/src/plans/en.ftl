plans-place = Chapter { $chapter }, section { $section }: { $heading }
plans-parsed = { $measures } measures, { $relisted } relisted
plans-relisted-mark = { " " }(relisted)
plans-error-file = The file cannot be read. Check its name.
cli-plan = Work with annual plans
cli-plan-parse = Read the measures of a printed annual plan (a text file) and show them, without a database (exit code 1: something is to be settled by a person; 2: it is no plan)
cli-plan-parse-file = the text of the annual plan (UTF-8)
