inspections-error-not-draft = This cycle has been announced already. Only a draft can be announced.
inspections-error-not-announced = Announce dates and items before opening. A cycle that was opened cannot be opened again.
inspections-error-not-open = This cycle is not open. Only an open cycle can be closed.
inspections-error-not-closed = Only a closed cycle can be evaluated. Close it first.
inspections-error-not-evaluated = Only an evaluated cycle can be published.
inspections-error-moved-on = Somebody else moved the cycle on. Load the page again and look at its state.
inspections-error-too-early = The announced opening day has not come. If it cannot wait, make an urgent inspection and give the reason.
inspections-error-nobody = There is nobody to ask. Import the respondents of the organisations that take part, then open.
inspections-error-not-yet-open = This cycle has not begun. Come back on or after its opening day.
inspections-error-closed = This cycle is closed. Nothing can be changed after closing.
inspections-error-evaluated = This cycle has been evaluated. Nothing can be changed after the evaluation.
inspections-error-nothing-answered = There is no answer yet, so there is nothing to approve.
inspections-error-sample-early = The audit sample is drawn after closing, so that the answers are final.
inspections-error-code = Use only small letters, digits and hyphens, 2 to 40 of them.
inspections-error-year = Write the year with four digits.
inspections-error-order = The closing day must be the opening day or later.
inspections-error-urgent-reason = An urgent inspection needs a reason. Say why it cannot wait.
inspections-error-edition = There is no such edition of a standard. Choose one from the list.
inspections-error-organisation = There is no organisation “{ $code }”. Check the code.
inspections-error-no-organisation = No organisation takes part. Register organisations, or name their codes.
inspections-error-item = The edition has no item “{ $code }”.
inspections-error-twice = The code “{ $code }” appears twice. Use one line per person.
inspections-error-roles = Choose at least one role.
inspections-error-email = This is not an e-mail address.
inspections-error-system = The organisation's ledger has no system “{ $code }”.
inspections-error-respondent = Not a respondent of this cycle. Only people on the list at opening can answer.
inspections-error-item-unknown = Not an item of this cycle.
inspections-error-not-asked = This item is not asked of this person's role.
inspections-error-system-unknown = This item cannot be answered for that system.
inspections-error-system-needed = This item is answered for each system. Say which one.
inspections-error-answer-twice = The same thing appears twice. Keep one.
inspections-error-reason = If it does not apply, say why.
inspections-error-finding-note = For any verdict but “met”, write down what you saw.
inspections-error-note-long = Write at most 2,000 characters.
inspections-error-not-priority = Not an item of this cycle's priority inspection.
inspections-error-class = This item is not about that class of asset.
inspections-error-more-done = More units are done than held. Correct one of the two counts.
inspections-error-too-many-units = That is too many units. Check the digits.
inspections-mail-subject = [Self-inspection] Please answer { $cycle } by { $closes }
inspections-mail-body =
    Dear { $name },

    { $left ->
        [one] One question
       *[other] { $left } questions
    } of the self-inspection { $cycle } still { $left ->
        [one] waits
       *[other] wait
    } for your answer.
    Please answer by { $closes } at this address; a phone is enough.

    { $link }

    The address is yours alone. Do not pass it on.
