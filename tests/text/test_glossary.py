"""Chinese clinical and statistical words: one for one thing, the glossary's (right), never a neighbour's (left)."""

from __future__ import annotations

import re

import pytest

from core.text import catalogue

NOT_SAID = {
    "死亡率": "病死率",
    "灵敏度": "敏感性",
    "特异度": "特异性",
    "可信区间": "置信区间",
    "置信度区间": "置信区间",
    "泄露": "泄漏",
    "填充值": "插补",
    "交叉检验": "交叉验证",
    "流行率": "患病率",
    "先验概率": "验前概率",
    "后验概率": "验后概率",
    "优势比": "比值比",
    "净收益": "净获益",
    "保形预测": "共形预测",
    "重新校准": "再校准",
    "禁忌症": "禁忌证",
    "右室": "右心室",
    "左室": "左心室",
    "心梗": "心肌梗死",
    "心肌梗塞": "心肌梗死",
    "脑梗": "缺血性卒中",
    "心衰": "心力衰竭",
    "慢阻肺": "慢性阻塞性肺疾病",
    "昏厥": "晕厥",
    "脑出血症": "颅内出血",
    "心跳骤停": "心脏骤停",
    "血液动力学": "血流动力学",
    "血红素": "血红蛋白",
    "D二聚体": "D-二聚体",
    "肺梗塞": "肺栓塞",
    "肺栓死": "肺栓塞",
    "抗凝血治疗": "抗凝治疗",
    "顺时针转位": "顺钟向转位",
    "模拟数据": "合成数据",
}
# the field's own sign before a unit or a wave is set apart from Chinese by a space
CLOSE = re.compile(
    r"[\u4e00-\u9fff](?:AUROC|AUPRC|ECG|SHAP|PESI|Brier)|(?:AUROC|AUPRC|ECG|SHAP|PESI)[\u4e00-\u9fff]"
)


@pytest.mark.parametrize(("wrong", "right"), NOT_SAID.items())
def test_the_glossarys_word_is_said(wrong, right):
    # bleeding of the brain's tissue ("脑出血") is one kind of intracranial bleeding and may be said
    named = {key: words for key, words in catalogue("zh").items() if wrong in words}
    assert named == {}, f"say {right}"


def test_latin_words_stand_apart_from_chinese_ones():
    assert {key: words for key, words in catalogue("zh").items() if CLOSE.search(words)} == {}


def test_chinese_sentences_end_in_chinese_marks():
    wrong = {
        key: words
        for key, words in catalogue("zh").items()
        if re.search(r"[\u4e00-\u9fff][,;!?](?!\w)", words)
    }
    assert wrong == {}
