"""Prediction: one described accident, the probabilities of all models side by side."""

import streamlit as st

from data.text import _
from ui.components import accident_address, accident_form, past_accident, prediction, report_button, similar

st.title(_("Prediction"))
st.caption(_("Describe an accident: every model says how likely each type of collision and each severity is."))
prediction.caution()

accident_address.take_over()
with st.container(horizontal=True, gap="small"):
    past_accident.random_button()
accident_form.examples()
with st.container(horizontal=True, gap="small"):
    with st.container(width=416):
        values = accident_form.show()
        accident_address.write(values)
    # ui/assets/balise.css keeps the answers as wide as they have to be: on a narrow window they go below the form
    with st.container(key="answers"):
        if accident_form.asked():
            past_accident.said(values)
            prediction.answer(values)
            report_button.prediction(values)
        else:
            prediction.waiting()
if accident_form.asked():
    similar.show(values)
