"""Questions, asked from outside or written down and answered in one."""
from filings import enquiry


def scenario_enquiry(place, s):
    s.step('only the question', place.public(), 'POST', '/api/v1/matters', enquiry(), status=201, has={'kind': 'enquiry'})
    s.step('the public does not answer itself', place.public(), 'POST', '/api/v1/matters', enquiry(answer='可以'),
           status=422, field='answer')
    a = s.step('registered and answered in one', place.officer('intake'), 'POST', '/api/v1/matters',
               enquiry(channel='phone', answer='可以向发卡方所在地投诉'), status=201)
    s.expect('it is answered', a['status'] in ('answered', 'closed'), a['status'])
