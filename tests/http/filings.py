"""Filings that scenarios start from. Names and phones are invented."""
import itertools

count = itertools.count(1)


def complaint(**more):
    n = next(count)
    body = {
        'kind': 'complaint',
        'consumer': {'name': '刘婷', 'phone': f'138{n:08d}', 'address': '安澜县文昌街道文昌路5号'},
        'respondent': {'name': '瑞缘金行', 'address': '安澜县东门路1号', 'division': '420202'},
        'category': 'goods.jewellery', 'amount_fen': 368000,
        'facts': f'第{n}次购买金饰，重量与标签不符，商家拒绝退换', 'demands': ['refund'],
        'truthful': True, 'purchase': {'online': False},
    }
    body.update(more)
    return body


def report(**more):
    body = {
        'kind': 'report', 'consumer': {'name': '何举', 'phone': '13900001111'},
        'respondent': {'name': '秘密作坊', 'address': '安澜县北山路9号'}, 'violation': None,
        'facts': '后院加工点使用过期原料', 'truthful': True,
    }
    body.update(more)
    return {k: v for k, v in body.items() if v is not None}


def enquiry(**more):
    body = {'kind': 'enquiry', 'facts': '预付卡没用完，商家搬走了，可以退吗'}
    body.update(more)
    return body


def matter(n):
    return f'/api/v1/matters/{n}'


def act(n, name):
    return f'/api/v1/matters/{n}/acts/{name}'


def key(label):
    return {'Idempotency-Key': f'{label}-0123456789abcdef'}


def version(v):
    return {'If-Match': f'"{v}"'}
