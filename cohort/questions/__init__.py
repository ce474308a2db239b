"""The question engine: definitions and posts in, clean values and kinds of missing out.

Nothing here touches the database or a request, or knows who asks. What an application form adds is
``applications/form_definition/``.

* :mod:`~cohort.questions.definition` reads a definition (whatever it holds) into frozen dataclasses,
* :mod:`~cohort.questions.text` fills placeholders and tidies typed text,
* :mod:`~cohort.questions.cleaning` turns a post into values, refusals and what is still wanting,
* :mod:`~cohort.questions.labels` has the words for refusals,
* :mod:`~cohort.questions.values` reads stored values and turns them back into posted ones,
* :mod:`~cohort.questions.fitting` keeps of an answer what the next version of a question still offers,
* :mod:`~cohort.questions.fields` and :mod:`~cohort.questions.forms` draw questions as a Django form,
* :mod:`~cohort.questions.html` says which language some words are in.
"""
