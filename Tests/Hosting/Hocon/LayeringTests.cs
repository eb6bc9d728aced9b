using AkkaPrivacy.Hosting.Hocon;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Hocon;

public sealed class LayeringTests
{
    private static readonly HoconDocument Application =
        HoconDocument.Parse("db { host = local, url = ${db.host}\":5432\" }, list = [1], null-me { a = 1 }", "app.conf");

    [Fact]
    public void Substitutions_see_an_override()
    {
        var root = Application.WithOverride("db.host", "remote", "--set db.host").Resolve();
        Assert.Equal("remote:5432", ((HoconScalar)root.Find("db", "url")!).Text);
        Assert.Equal("--set db.host:1:1", root.Find("db", "host")!.Origin.ToString());
        Assert.Equal("local", ((HoconScalar)Application.Resolve().Find("db", "host")!).Text);
    }

    [Theory]
    [InlineData("list=[2]", "list", "[2]")]
    [InlineData("list=${list}[2]", "list", "[1,2]")]
    [InlineData("null-me=null", "null-me", "null")]
    [InlineData("null-me={b=2}", "null-me", """{"a":1,"b":2}""")]
    [InlineData("x.y.z=${list}", "x", """{"y":{"z":[1]}}""")]
    [InlineData("x=10 ms", "x", "\"10 ms\"")]
    [InlineData("x=\"a=b\"", "x", "\"a=b\"")]
    [InlineData(" \"x=y\".z = true ", "x=y", """{"z":true}""")]
    public void Override_values_are_hocon(string assignment, string key, string json) =>
        Assert.Equal(json, HoconTesting.Json(Application.WithOverride(HoconOverride.Parse(assignment)).Resolve()[key]));

    [Theory]
    [InlineData("x", "--set", 0, "KEY=VALUE")]
    [InlineData("=1", "--set", 0, "KEY=VALUE")]
    [InlineData("a..b=1", "--set a..b", 1, "path")]
    [InlineData("a=", "--set a", 1, "a value")]
    [InlineData("a=1,2", "--set a", 2, "nothing after the value")]
    [InlineData("a=b=c", "--set a", 2, "'='")]
    [InlineData("a={ x = @ }", "--set a", 7, "'@'")]
    public void A_bad_override_names_its_option(string assignment, string source, int column, string piece)
    {
        var error = Assert.Single(Assert.Throws<HoconException>(
            () => Application.WithOverride(HoconOverride.Parse(assignment))).Errors);
        Assert.Equal((source, column), (error.Origin.Source, error.Origin.Column));
        Assert.Contains(piece, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fallbacks_fill_what_is_missing()
    {
        var reference = HoconDocument.Parse("db { host = ref, pool = 5 }, list = [9], extra = ${db.host}", "reference.conf");
        var root = Application.WithFallback(reference).Resolve();
        Assert.Equal("""{"host":"local","pool":5,"url":"local:5432"}""", HoconTesting.Json(root["db"]));
        Assert.Equal("[1]", HoconTesting.Json(root["list"]));
        Assert.Equal("\"local\"", HoconTesting.Json(root["extra"]));
        Assert.Equal(new HoconOrigin("reference.conf", 1, 25), root.Find("db", "pool")!.Origin);
    }

    [Theory]
    [InlineData("a{x=1}", "a=42", "a{y=2}", """{"a":{"x":1}}""")]
    [InlineData("a{x=1}", "a{y=2}", "a=42", """{"a":{"y":2,"x":1}}""")]
    [InlineData("a=${a}[2]", "a=[1]", "a=[0]", """{"a":[1,2]}""")]
    [InlineData("a+=2", "a+=1", "a=[0]", """{"a":[0,1,2]}""")]
    [InlineData("a=null,a{x=1}", "b=1", "a{y=2}", """{"a":{"x":1},"b":1}""")]
    public void Layers_merge_alike_in_either_grouping(string high, string mid, string low, string json)
    {
        HoconDocument top = Parse(high), middle = Parse(mid), bottom = Parse(low);
        var left = top.WithFallback(middle).WithFallback(bottom).Resolve();
        var right = top.WithFallback(middle.WithFallback(bottom)).Resolve();
        Assert.Equal(Sorted(json), Sorted(HoconTesting.Json(left)));
        Assert.Equal(Sorted(json), Sorted(HoconTesting.Json(right)));
    }

    private static HoconDocument Parse(string text) => HoconDocument.Parse(text, "layer");

    private static string Sorted(string json) => string.Concat(json.Order());
}
