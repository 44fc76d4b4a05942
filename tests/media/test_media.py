#!/usr/bin/env python3
"""test_media.py FANGXIN_MEDIA PICTURES: what strangers send is looked at by a process that can reach
nothing. Feeds it good and hostile bytes and checks what it says, what it gives back and what it can
still touch."""
import os
import resource
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
from pictures import make, png  # noqa: E402

LIMITS = ['20971520', '210000000', '1600', '320']
passed, failed = 0, 0


def expect(label, holds, detail=''):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print('FAIL', label, detail, flush=True)


def look(program, data, limits=LIMITS):
    done = subprocess.run([program, *limits], input=data, capture_output=True, timeout=40, env={})
    lines = done.stdout.split(b'\n', 2)
    kind = lines[0].decode().removeprefix('type ') if lines[0].startswith(b'type ') else ''
    rest = done.stdout[len(lines[0]) + 1:] if kind else done.stdout
    said, _, tail = rest.partition(b'\n')
    return done.returncode, kind, said.decode(), tail


def pixels(data):
    """Width and height of a JPEG, by its frame."""
    at = 2
    while at < len(data):
        marker, size = data[at + 1], int.from_bytes(data[at + 2:at + 4], 'big')
        if 0xc0 <= marker <= 0xc2:
            return int.from_bytes(data[at + 7:at + 9], 'big'), int.from_bytes(data[at + 5:at + 7], 'big')
        at += 2 + size
    return None


def segments(data):
    """Markers before the picture itself."""
    at, out = 2, []
    while at < len(data) and data[at + 1] != 0xda:
        out.append(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2:at + 4], 'big')
    return out


def good_pictures(program, files):
    for name, kind, size in [('photo.jpg', 'image/jpeg', (1200, 800)), ('picture.png', 'image/png', (1200, 800)),
                             ('picture.webp', 'image/webp', (1200, 800)), ('picture.heic', 'image/heic', (1200, 800)),
                             ('large.jpg', 'image/jpeg', (4000, 3000))]:
        code, found, said, tail = look(program, files[name])
        words = said.split()
        expect(f'{name} is a picture', code == 0 and found == kind and words[:1] == ['picture'], f'{code} {found} {said}')
        if words[:1] != ['picture']:
            continue
        width, height, large, thumb = map(int, words[1:])
        expect(f'{name} has its size, upright', (width, height) == size, said)
        expect(f'{name}: both are whole', len(tail) == large + thumb)
        big, small = tail[:large], tail[large:]
        scale = min(1, 1600 / max(size))
        expect(f'{name}: the large one fits', pixels(big) == (round(size[0] * scale), round(size[1] * scale)), str(pixels(big)))
        expect(f'{name}: the small one fits', max(pixels(small)) == 320, str(pixels(small)))
        for part in (big, small):
            expect(f'{name}: no metadata', not {0xe1, 0xe2, 0xed, 0xfe} & set(segments(part)), str(segments(part)))
            expect(f'{name}: no maker, no place', b'GeheimWerk' not in part and b'Verraeter' not in part and b'Exif' not in part and b'GPS' not in part)


def upright(program, files, pictures):
    """The red edge is on top, the blue one left: asked of the picture program's own loader."""
    code, _, said, tail = look(program, files['photo.jpg'])
    large = tail[:int(said.split()[3])]
    done = subprocess.run([pictures, '--corners'], input=large, capture_output=True, timeout=30)
    expect('the photograph stands upright', done.stdout == b'red blue\n', f'{code} {done.stdout} {done.stderr[:200]}')


def refusals(program, files):
    for name, kind, why in [
            ('truncated.jpg', 'image/jpeg', {'truncated'}), ('truncated.png', 'image/png', {'truncated', 'unreadable'}),
            ('broken.jpg', 'image/jpeg', {'truncated', 'unreadable'}),
            ('pdf-in-jpeg.jpg', 'image/jpeg', {'truncated', 'unreadable'}), ('drawing.svg', 'image/svg+xml', {'type'}),
            ('page.html', 'text/html', {'type'}), ('picture.gif', 'image/gif', {'type'}), ('picture.tif', 'image/tiff', {'type'}),
            ('bomb.png', 'image/png', {'too_many_pixels'}), ('wide.png', 'image/png', {'too_many_pixels', 'unreadable'})]:
        began = time.monotonic()
        code, found, said, tail = look(program, files[name])
        expect(f'{name} is refused', code == 0 and found == kind and said.startswith('refused ') and said[8:] in why and tail == b'',
               f'{code} {found} {said}')
        expect(f'{name} is refused quickly', time.monotonic() - began < 10)
    code, found, said, _ = look(program, files['program.exe'])
    expect('a program is refused', said == 'refused type', f'{found} {said}')
    code, found, said, _ = look(program, files['document.pdf'])
    expect('a PDF is known and not opened', (code, found, said) == (0, 'application/pdf', 'document'))
    expect('nothing', look(program, b'')[2] == 'refused empty')
    expect('too large', look(program, b'\xff' * 2000, ['1999', *LIMITS[1:]])[2] == 'refused too_large')


def bombs(program):
    """Many pixels that are allowed, few bytes: ends by itself, within its memory and time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code, _, said, _ = look(program, png(14000, 14000))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    expect('196 million pixels are shown or refused', (code == 0 and said.split()[0] in ('picture', 'refused')) or code < 0, f'{code} {said}')
    expect('within its time', after.ru_utime - before.ru_utime < 21, str(after.ru_utime - before.ru_utime))
    expect('within its memory', after.ru_maxrss < 1400 * 1024, str(after.ru_maxrss))


def walls(program):
    done = subprocess.run([program, '--check'], capture_output=True, stdin=subprocess.DEVNULL, timeout=20)
    told = dict(line.split() for line in done.stdout.decode().splitlines() if ' ' in line)
    landlock = int(told.pop('landlock', '-1'))
    expect('it says all', done.stdout.endswith(b'done\n') and len(told) == 10, done.stdout.decode())
    for what, how in told.items():
        expect(f'{what} is shut', how == 'shut', how)
    print(f'Landlock version {landlock}' + ('' if landlock > 0 else ': this kernel has none, the system calls alone are shut'))
    expect('it needs its arguments', subprocess.run([program], capture_output=True).returncode == 2)


def main():
    program, pictures = map(os.path.abspath, sys.argv[1:3])
    files = make(pictures)
    walls(program)
    good_pictures(program, files)
    upright(program, files, pictures)
    refusals(program, files)
    bombs(program)
    print(f'{passed} passed, {failed} failed')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
