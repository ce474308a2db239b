"""The form engine: a form's definition and what was posted in, clean values and kinds of missing out.

Nothing here touches the database or a request. The definition has the shape of ``facts/application_form.yaml``:

* :mod:`~applications.formdef.definition` reads it (whatever it holds) into frozen dataclasses,
* :mod:`~applications.formdef.freezing` fills in options that depend on the region, before a call opens,
* :mod:`~applications.formdef.words` fills placeholders and tidies typed text,
* :mod:`~applications.formdef.cleaning` turns a post into values, refusals and what is still wanting,
* :mod:`~applications.formdef.values` reads stored values and turns them back into posted ones,
* :mod:`~applications.formdef.gates` says what the eligibility answers mean,
* :mod:`~applications.formdef.fitting` keeps of an answer what the next version of a question still offers.

For those who write a form: :mod:`~applications.formdef.editing` changes a definition,
:mod:`~applications.formdef.checking` says what is wrong with it, :mod:`~applications.formdef.rules` what may never be
changed, and :mod:`~applications.formdef.comparing` what is different between two versions.
"""
