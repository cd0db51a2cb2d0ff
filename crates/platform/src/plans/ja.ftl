plans-place = 第{ $chapter }章 第{ $section }節 { $heading }
plans-parsed = 施策{ $measures }件、再掲{ $relisted }件
plans-relisted-mark = 【再掲】
plans-error-file = ファイルを読めません。名前を確かめてください。
cli-plan = 年度計画を扱います
cli-plan-parse = 印刷された年度計画（文字のファイル）から施策を読み取って表示します。データベースは使いません（終了コード1：人が決めることがある、2：計画として読めない）
cli-plan-parse-file = 年度計画の文字のファイル（UTF-8）
