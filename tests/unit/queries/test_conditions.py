from queries.conditions import Parameters


def test_a_value_is_bound_once_and_another_of_its_name_apart():
    parameters = Parameters()
    assert parameters.bind("dimension", "String", "page") == "{dimension:String}"
    assert parameters.bind("dimension", "String", "source") == "{dimension_2:String}"
    assert parameters.bind("dimension", "String", "page") == "{dimension:String}"
    assert parameters.bind("dimension", "String", "source") == "{dimension_2:String}"
    assert parameters.values == {"dimension": "page", "dimension_2": "source"}
