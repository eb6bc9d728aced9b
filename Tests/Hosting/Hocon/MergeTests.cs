using Xunit;
using static AkkaPrivacy.Tests.Hosting.Hocon.HoconTesting;

namespace AkkaPrivacy.Tests.Hosting.Hocon;

public sealed class MergeTests
{
    [Theory]
    [InlineData("a=1,a=2", """{"a":2}""")]
    [InlineData("foo{a=42},foo{b=43}", """{"foo":{"a":42,"b":43}}""")]
    [InlineData("foo{a=42},foo=null,foo{b=43}", """{"foo":{"b":43}}""")]
    [InlineData("foo{a=42},foo=[1],foo.b=43", """{"foo":{"b":43}}""")]
    [InlineData("a{b{c=1,d=2}},a{b{c=3}}", """{"a":{"b":{"c":3,"d":2}}}""")]
    [InlineData("a{b=1},a=2", """{"a":2}""")]
    [InlineData("a=[1],a=[2]", """{"a":[2]}""")]
    public void Later_values_win_and_objects_merge(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("foo.bar:42", """{"foo":{"bar":42}}""")]
    [InlineData("foo.bar.baz:42", """{"foo":{"bar":{"baz":42}}}""")]
    [InlineData("a.x:42,a.y:43", """{"a":{"x":42,"y":43}}""")]
    [InlineData("a b c:42", """{"a b c":42}""")]
    [InlineData("true:42", """{"true":42}""")]
    [InlineData("3:42", """{"3":42}""")]
    [InlineData("3.14:42", """{"3":{"14":42}}""")]
    [InlineData("10.0foo:1", """{"10":{"0foo":1}}""")]
    [InlineData("foo10.0:1", """{"foo10":{"0":1}}""")]
    [InlineData("foo\"10.0\":1", """{"foo10.0":1}""")]
    [InlineData("1.2.3:1", """{"1":{"2":{"3":1}}}""")]
    [InlineData("a.\"\".b:1", """{"a":{"":{"b":1}}}""")]
    [InlineData("foo.bar.\"hello.world\":1", """{"foo":{"bar":{"hello.world":1}}}""")]
    [InlineData(" \"a\" \"b\" :1", """{"a b":1}""")]
    [InlineData("-a-b.c_d:1", """{"-a-b":{"c_d":1}}""")]
    public void Keys_are_path_expressions(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("a..b=1", 1, 1)]
    [InlineData("\n .a=1", 2, 2)]
    [InlineData("a.=1", 1, 1)]
    [InlineData("x=${a..b}", 1, 3)]
    [InlineData("x=${}", 1, 3)]
    public void Empty_path_elements_need_quotes(string text, int line, int column) =>
        FailsAt(text, line, column, "path", "allowed");

    [Theory]
    [InlineData("${a}=1", 1, 1, "found '${'; allowed is a key")]
    [InlineData("[a]=1", 1, 1, "'[' at the root")]
    [InlineData("x=${a${b}}", 1, 6, "found '${'")]
    [InlineData("x=${ ?a}", 1, 6, "found '?'")]
    public void Keys_and_substitutions_hold_no_substitution(string text, int line, int column, string piece) =>
        FailsAt(text, line, column, piece);

    [Theory]
    [InlineData("a= foo bar baz ", """{"a":"foo bar baz"}""")]
    [InlineData("a=foo \"bar  x\"  2 true null", """{"a":"foo bar  x  2 true null"}""")]
    [InlineData("a=1e5 x", """{"a":"1e5 x"}""")]
    [InlineData("a=true", """{"a":true}""")]
    [InlineData("a=true foo", """{"a":"true foo"}""")]
    [InlineData("a=\" x \" y", """{"a":" x  y"}""")]
    [InlineData("a=[1 2 3 4]", """{"a":["1 2 3 4"]}""")]
    [InlineData("a=[1\n2\n3\n4]", """{"a":[1,2,3,4]}""")]
    [InlineData("a=[[1,2] [3,4]]", """{"a":[[1,2,3,4]]}""")]
    [InlineData("a=[[1,2]\n[3,4]]", """{"a":[[1,2],[3,4]]}""")]
    [InlineData("a:{b:1,c:2}", """{"a":{"b":1,"c":2}}""")]
    [InlineData("a:{b:1} {c:2}", """{"a":{"b":1,"c":2}}""")]
    [InlineData("a:{b:1}{b:2}", """{"a":{"b":2}}""")]
    [InlineData("a:{\nb:1\n} {\nc:2\n}", """{"a":{"b":1,"c":2}}""")]
    [InlineData("a=[1,2][3,4]", """{"a":[1,2,3,4]}""")]
    [InlineData("a=[ foo {b=1}\n{c=2} {d=3}, x ]", "error")]
    [InlineData("x=[1],a=${x} {0=2,1=3}", """{"x":[1],"a":[1,2,3]}""")]
    public void Values_on_one_line_are_joined(string text, string json)
    {
        if (json == "error")
        {
            FailsAt(text, 1, 5, "joined with an object");
            return;
        }

        Assert.Equal(json, Json(text));
    }

    [Theory]
    [InlineData("a=[1] x", 1, 7, "joined with an array")]
    [InlineData("a={} x", 1, 6, "joined with an object")]
    [InlineData("a=[1] {}", 1, 7, "found an object joined with an array")]
    [InlineData("b=1,a=${b} [2]", 1, 7, "joined with an array")]
    [InlineData("x=[1],y=[2],a=${x}\" \"${y}", 1, 19, "joined with an array")]
    public void Different_types_do_not_join(string text, int line, int column, string piece) => FailsAt(text, line, column, piece);

    [Fact]
    public void Objects_with_numeric_keys_become_arrays_on_request()
    {
        Assert.True(Resolve("a { 2 = c, x = no, 0 = a }")["a"].TryGetArray(out var array));
        Assert.Equal("""["a","c"]""", Json(array));
        Assert.False(Resolve("a { x = 1 }")["a"].TryGetArray(out _));
        Assert.False(Resolve("a {}")["a"].TryGetArray(out _));
    }
}
