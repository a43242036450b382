from indexer.readers import departments


def test_a_name_is_a_path_however_it_is_called():
    assert departments.paths("神经科、心内科，耳鼻咽喉科") == ("内科/神经内科", "内科/心血管内科", "五官科/耳鼻喉科")


def test_a_department_beside_its_parent_says_all():
    assert departments.paths("内科 呼吸内科") == ("内科/呼吸内科",)


def test_names_that_stand_together_are_told_apart():
    assert departments.paths("内科中医呼吸科") == ("内科", "中医呼吸科")


def test_a_department_that_the_list_does_not_know_stays_as_it_is():
    assert departments.paths("介入放射科") == ("介入放射科",)


def test_what_is_no_department_is_left_out():
    assert departments.paths("请到医院就诊，挂号处在一楼") == ()


def test_the_list_names_each_department_once():
    lines = [line for line in departments.LIST.read_text("utf-8").splitlines() if not line.startswith("#")]
    names = [name for line in lines for name in (line.split(" ")[0].rpartition("/")[2], *line.split(" ")[1:])]
    assert len(names) == len(set(names))
    paths = {line.split(" ")[0] for line in lines}
    assert all(path.rpartition("/")[0] in {"", *paths} for path in paths)
