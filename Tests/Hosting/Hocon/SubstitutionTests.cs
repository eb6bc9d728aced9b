using AkkaPrivacy.Hosting.Hocon;
using Xunit;
using static AkkaPrivacy.Tests.Hosting.Hocon.HoconTesting;

namespace AkkaPrivacy.Tests.Hosting.Hocon;

public sealed class SubstitutionTests
{
    [Theory]
    [InlineData("animal.favorite=cat,key=${animal.favorite} is my favorite animal", """{"animal":{"favorite":"cat"},"key":"cat is my favorite animal"}""")]
    [InlineData("a=1,key=${a}\" x\"", """{"a":1,"key":"1 x"}""")]
    [InlineData("key=${later},later=[1]", """{"key":[1],"later":[1]}""")]
    [InlineData("a=1,b=${a},a=2", """{"a":2,"b":2}""")]
    [InlineData("a=true,b=${a}", """{"a":true,"b":true}""")]
    [InlineData("a=null,b=${a}", """{"a":null,"b":null}""")]
    [InlineData("a=[1],b=[2],c=${a} ${b}", """{"a":[1],"b":[2],"c":[1,2]}""")]
    [InlineData("a=x,b=y,c=${a} ${b}", """{"a":"x","b":"y","c":"x y"}""")]
    [InlineData("g={cluster-size=6},e=${g} {name=east}", """{"g":{"cluster-size":6},"e":{"cluster-size":6,"name":"east"}}""")]
    [InlineData("g={a=1},e={a=2}${g}", """{"g":{"a":1},"e":{"a":1}}""")]
    [InlineData("g={a{x=1}},e=${g}{a{y=2}},f=${e.a.x}", """{"g":{"a":{"x":1}},"e":{"a":{"x":1,"y":2}},"f":1}""")]
    [InlineData("\"a.b\"=1,c=${\"a.b\"}", """{"a.b":1,"c":1}""")]
    [InlineData("a b=1,c=${ a b }", """{"a b":1,"c":1}""")]
    [InlineData("a=\"${x}\"", """{"a":"${x}"}""")]
    [InlineData("a=[${b}, {c=${b}}],b=1", """{"a":[1,{"c":1}],"b":1}""")]
    public void Substitutions_see_the_final_value(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("a=${?x}", "{}")]
    [InlineData("a=1,a=${?x}", """{"a":1}""")]
    [InlineData("a=[1,${?x},2]", """{"a":[1,2]}""")]
    [InlineData("a=${?x}foo", """{"a":"foo"}""")]
    [InlineData("a=${?x}${?y}", "{}")]
    [InlineData("a=${?x} ${?y}", "{}")]
    [InlineData("a=${?x}[1]", """{"a":[1]}""")]
    [InlineData("a=${?x}{b=1}", """{"a":{"b":1}}""")]
    [InlineData("b=5,a=${?x}${b}", """{"b":5,"a":5}""")]
    [InlineData("a=${?b},b=${?x}", "{}")]
    public void Undefined_optional_substitutions_vanish(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("path=\"a:b:c\",path=${path}\":d\"", """{"path":"a:b:c:d"}""")]
    [InlineData("path=[/bin],path=${path} [/usr/bin]", """{"path":["/bin","/usr/bin"]}""")]
    [InlineData("a=[1,2],a=${a} [3,4]", """{"a":[1,2,3,4]}""")]
    [InlineData("foo{a=1},foo=${foo}", """{"foo":{"a":1}}""")]
    [InlineData("foo:${?foo}", "{}")]
    [InlineData("foo:${does-not-exist},foo:42", """{"foo":42}""")]
    [InlineData("foo:${foo},foo:42", """{"foo":42}""")]
    [InlineData("foo:{a:{c:1}},foo:${foo.a},foo:{a:2}", """{"foo":{"a":2,"c":1}}""")]
    [InlineData("bar:{foo:42,baz:${bar.foo}}", """{"bar":{"foo":42,"baz":42}}""")]
    [InlineData("bar:{foo:42,baz:${bar.foo}},bar:{foo:43}", """{"bar":{"foo":43,"baz":43}}""")]
    [InlineData("bar:{a:${foo.d},b:1},bar.b=3,foo:{c:${bar.b},d:2},foo.d=4", """{"bar":{"a":4,"b":3},"foo":{"c":3,"d":4}}""")]
    [InlineData("a=${?a}foo", """{"a":"foo"}""")]
    [InlineData("a.b=1,a.b=${a.b}2,a.b=${a.b}3", """{"a":{"b":"123"}}""")]
    [InlineData("a=1,a=${a}${a},a=${a}${a}", """{"a":"1111"}""")]
    [InlineData("a.b=1,x={b=${a.b}2},a=${x}", """{"a":{"b":"12"},"x":{"b":"12"}}""")]
    [InlineData("o={l=[1]},o=${o}{l=${o.l}[2]}", """{"o":{"l":[1,2]}}""")]
    [InlineData("a:1,b:2,a:${b},b:${a}", """{"a":1,"b":1}""")]
    public void Self_references_look_back(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("foo:${foo}", 1, 5, "foo -> foo")]
    [InlineData("foo:${foo},foo:{a:1}", 1, 5, "foo -> foo")]
    [InlineData("bar:${foo}\nfoo:${bar}", 2, 5, "bar -> foo -> bar")]
    [InlineData("a:${b},b:${c},c:${a}", 1, 17, "a -> b -> c -> a")]
    [InlineData("a:{b:${a}}", 1, 6, "contains itself: a -> a.b")]
    [InlineData("a:[${a}]", 1, 4, "contains itself: a -> a.[0]")]
    [InlineData("a:{b:${a}{c:1}}", 1, 6, "contains itself: a.b -> a.b.b")]
    [InlineData("a=${b},b=${?b}", 1, 3, "not defined")]
    [InlineData("a=${b.c},b=${a}", 1, 12, "a -> b -> a")]
    public void Cycles_are_reported_with_their_chain(string text, int line, int column, string piece) =>
        FailsAt(text, line, column, piece);

    [Fact]
    public void All_undefined_substitutions_are_reported_at_once()
    {
        var errors = Fails("a=${x.y}\nb=[1,${z}]\nc={d=\"p\"${x.y}}\ne=${a}").Errors;
        Assert.Equal(
            ["test.conf:1:3", "test.conf:2:6", "test.conf:3:9"], errors.Select(e => e.Origin.ToString()));
        Assert.Equal(
            "found ${x.y}, which is not defined; allowed is a path that is set here, in an included file or as an environment variable, or ${?x.y} if it may be absent",
            errors[0].Message);
    }

    [Theory]
    [InlineData("a+=b", """{"a":["b"]}""")]
    [InlineData("a=[1],a+=2,a+=3", """{"a":[1,2,3]}""")]
    [InlineData("a+=1,a+=[2]", """{"a":[1,[2]]}""")]
    [InlineData("x=[1],a=${x},a+=2,x+=3", """{"x":[1,3],"a":[1,3,2]}""")]
    [InlineData("o{a+=1},o{a+=2},o.a+=3", """{"o":{"a":[1,2,3]}}""")]
    [InlineData("x{a=[0]},o=${x},o{a+=1}", """{"x":{"a":[0]},"o":{"a":[0,1]}}""")]
    [InlineData("l=[{a+=1,a+=2}]", """{"l":[{"a":[1,2]}]}""")]
    [InlineData("a+=1,a=5,a=[7]", """{"a":[7]}""")]
    public void Plus_equals_appends(string text, string json) => Assert.Equal(json, Json(text));

    [Fact]
    public void Plus_equals_on_something_else_is_an_error() => FailsAt("a=1\na+=2", 2, 4, "joined with an array");

    [Fact]
    public void Names_that_are_not_set_come_from_the_environment()
    {
        (string, string)[] environment = [("HOME", "/root"), ("EMPTY", ""), ("PORT", "80")];
        Assert.Equal("""{"a":"/root","b":"","c":"/root/bin"}""", Json("a=${HOME},b=${EMPTY},c=${HOME}/bin", environment));
        Assert.Equal("""{"HOME":null,"a":null}""", Json("HOME=null,a=${HOME}", environment));
        Assert.Equal("""{"HOME":"/root/x"}""", Json("HOME=${HOME}/x", environment));
        var port = (HoconScalar)Resolve("p=${PORT}", environment)["p"];
        Assert.True(port.TryGetInt64(out var number) && number == 80);
        Assert.Equal("environment variable PORT", port.Origin.ToString());
    }
}
