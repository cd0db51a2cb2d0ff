inspections-error-not-draft = この周期はすでに告知されています。告知は下書きのときだけできます。
inspections-error-not-announced = 開始する前に、日程と点検項目を告知してください。開始済みの周期を再び開始することはできません。
inspections-error-not-open = この周期は受付中ではありません。締め切れるのは受付中の周期だけです。
inspections-error-not-closed = 評価できるのは、締め切った後の周期だけです。先に受付を締め切ってください。
inspections-error-not-evaluated = 公表できるのは、評価を終えた周期だけです。
inspections-error-moved-on = ほかの人が先に周期を進めました。画面を開き直して、今の状態を確かめてください。
inspections-error-too-early = 告知した開始日がまだ来ていません。待たずに始める必要があるときは、臨時の点検として理由を添えて作成してください。
inspections-error-nobody = 回答を求める相手が一人もいません。参加組織の回答者名簿を取り込んでから開始してください。
inspections-error-not-yet-open = この周期はまだ始まっていません。開始日以降に入力してください。
inspections-error-closed = この周期は締め切られました。締め切り後に変更することはできません。
inspections-error-evaluated = この周期は評価を終えています。評価後に変更することはできません。
inspections-error-nothing-answered = 回答がまだ一つもないため、承認できません。
inspections-error-sample-early = 監査対象の抽出は、受付を締め切った後に行います。回答が確定してから抽出するためです。
inspections-error-code = 英小文字・数字・ハイフンだけで、2〜40文字にしてください。
inspections-error-year = 年度は西暦4桁で入力してください。
inspections-error-order = 締切日は開始日と同じか、それより後にしてください。
inspections-error-urgent-reason = 臨時の点検には理由が必要です。なぜ待てないのかを書いてください。
inspections-error-edition = 基準の版が見つかりません。一覧から選んでください。
inspections-error-organisation = 組織「{ $code }」が見つかりません。組織コードを確かめてください。
inspections-error-no-organisation = 参加する組織がありません。組織を登録するか、組織コードを指定してください。
inspections-error-item = 点検項目「{ $code }」はこの版にありません。
inspections-error-twice = コード「{ $code }」が二度出てきます。一人一行にしてください。
inspections-error-roles = 役割を一つ以上選んでください。
inspections-error-email = メールアドレスの形ではありません。
inspections-error-system = 情報システム「{ $code }」は、この組織の台帳にありません。
inspections-error-respondent = この周期の回答者として登録されていません。開始時の名簿にある人だけが回答できます。
inspections-error-item-unknown = この周期の点検項目ではありません。
inspections-error-not-asked = この人の役割には求めていない項目です。
inspections-error-system-unknown = この項目では、その情報システムについて回答できません。
inspections-error-system-needed = 情報システムごとに答える項目です。どの情報システムについての回答かを示してください。
inspections-error-answer-twice = 同じものが二度出てきます。一つにしてください。
inspections-error-reason = 「該当なし」を選んだときは、理由を書いてください。
inspections-error-finding-note = 「適合」以外の判定には、確認した事実を書いてください。
inspections-error-note-long = 2,000文字以内で入力してください。
inspections-error-not-priority = この周期の重点検査の項目ではありません。
inspections-error-class = この項目の対象ではない機器の種類です。
inspections-error-more-done = 実施済みの台数が保有台数より多くなっています。どちらかを直してください。
inspections-error-too-many-units = 台数が大きすぎます。桁を確かめてください。
inspections-mail-subject = 【自己点検】{ $cycle }への回答のお願い（{ $closes }まで）
inspections-mail-body =
    { $name } 様

    { $cycle }の自己点検で、まだお答えいただいていない質問が{ $left }件あります。
    { $closes }までに、次のアドレスからお答えください。スマートフォンでも回答できます。

    { $link }

    このアドレスはあなた専用です。ほかの人に渡さないでください。
