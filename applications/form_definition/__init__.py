"""What only the application form needs of questions. The engine itself is :mod:`cohort.questions`.

* :mod:`~applications.form_definition.definition` holds what a form and its questions are,
* :mod:`~applications.form_definition.dialect` reads them from the form file,
* :mod:`~applications.form_definition.asking` says which questions are asked under the settings of a call,
* :mod:`~applications.form_definition.freeze` fills in options that depend on the region, before a call opens,
* :mod:`~applications.form_definition.eligibility` says what the eligibility answers mean,
* :mod:`~applications.form_definition.edits` changes a definition,
* :mod:`~applications.form_definition.validation` says what is wrong with it,
* :mod:`~applications.form_definition.visibility` says who may read an answer,
* :mod:`~applications.form_definition.diff` says what is different between two versions,
* :mod:`~applications.form_definition.translations` holds the texts of another language.
"""
