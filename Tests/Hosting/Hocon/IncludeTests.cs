using AkkaPrivacy.Hosting.Hocon;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Hocon;

public sealed class IncludeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hocon");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("include \"x.conf\"")]
    [InlineData("include file(\"x.conf\")")]
    [InlineData("include file( \"x.conf\" )")]
    [InlineData("include required(\"x.conf\")")]
    [InlineData("include required(file(\"x.conf\"))")]
    [InlineData("include\n  required( file( \"x.conf\" ) )")]
    [InlineData("include \"x\"")]
    public void All_forms_are_relative_to_the_including_file(string statement)
    {
        Write("sub/x.conf", "v=1");
        Write("sub/app.conf", statement + ",b=2");
        Assert.Equal("""{"v":1,"b":2}""", Json("sub/app.conf"));
    }

    [Fact]
    public void Keys_merge_in_the_order_of_the_text()
    {
        Write("x.conf", "{ a=2, o { x=1 } }");
        Write("app.conf", "a=1\no { y=0 }\ninclude \"x.conf\"\no.x=3");
        Assert.Equal("""{"a":2,"o":{"y":0,"x":3}}""", Json("app.conf"));
    }

    [Fact]
    public void A_name_without_extension_reads_json_then_conf()
    {
        Write("x.json", """{"a":1,"b":1}""");
        Write("x.conf", "b=2");
        Write("app.conf", "include \"x\"");
        Assert.Equal("""{"a":1,"b":2}""", Json("app.conf"));
    }

    [Theory]
    [InlineData("a { include \"foo.conf\" }", "x=10,y=${x}", """{"a":{"x":10,"y":10}}""")]
    [InlineData("a { include \"foo.conf\" }, a { x=42 }", "x=10,y=${x}", """{"a":{"x":42,"y":42}}""")]
    [InlineData("r=7, a { include \"foo.conf\" }", "y=${r}", """{"r":7,"a":{"y":7}}""")]
    [InlineData("x=7, a.b { include \"foo.conf\" }", "x=1,c{y=${x}}", """{"x":7,"a":{"b":{"x":1,"c":{"y":1}}}}""")]
    [InlineData("p=[0], a { p=[1], include \"foo.conf\" }", "p=${p}[2],p+=3", """{"p":[0],"a":{"p":[1,2,3]}}""")]
    [InlineData("x=1, l=[{ include \"foo.conf\" }]", "y=${x}", """{"x":1,"l":[{"y":1}]}""")]
    public void Substitutions_are_relative_to_the_included_root_first(string app, string foo, string json)
    {
        Write("app.conf", app);
        Write("foo.conf", foo);
        Assert.Equal(json, Json("app.conf"));
    }

    [Fact]
    public void Nested_includes_look_outwards_step_by_step()
    {
        Write("app.conf", "z=3, a { include \"b.conf\" }");
        Write("b.conf", "y=2, c { include \"d.conf\" }");
        Write("d.conf", "x=1, all=[${x},${y},${z}]");
        Assert.Equal("""{"z":3,"a":{"y":2,"c":{"x":1,"all":[1,2,3]}}}""", Json("app.conf"));
    }

    [Fact]
    public void A_missing_file_matters_only_when_required()
    {
        Write("app.conf", "include \"nothing.conf\"\na=1");
        Assert.Equal("""{"a":1}""", Json("app.conf"));
        Write("app.conf", "a=1\ninclude required(\"nothing.conf\")");
        Fails("app.conf", 2, 18, "found no file", "nothing.conf");
    }

    [Theory]
    [InlineData("include url(\"http://x/y\")", 9, "url()")]
    [InlineData("include required(classpath(\"x\"))", 9, "classpath()")]
    [InlineData("include \"https://x/y.conf\"", 9, "URL")]
    [InlineData("include \"x.properties\"", 9, ".properties")]
    [InlineData("include x", 9, "unquoted string")]
    [InlineData("include ${x}", 9, "'${'")]
    [InlineData("include = 1", 9, "'='")]
    [InlineData("include file(\"x\"", 17, "1 closing ')'")]
    [InlineData("include foo(\"x\")", 9, "another form of include")]
    [InlineData("include \"\"", 9, "empty file name")]
    [InlineData("include \"x.conf\" \"y.conf\"", 18, "a comma or a new line")]
    public void Other_forms_are_refused(string statement, int column, string piece)
    {
        Write("app.conf", statement);
        Fails("app.conf", 1, column, piece);
    }

    [Fact]
    public void Include_is_a_plain_word_elsewhere()
    {
        Assert.Equal(
            """{"foo include":42,"a":"include","b":["include"],"include":1,"include-x":2}""",
            HoconTesting.Json("foo include : 42, a = include, b = [ include ], \"include\" : 1, include-x=2"));
    }

    [Fact]
    public void Cycles_are_reported_with_their_chain()
    {
        Write("app.conf", "a=1\ninclude \"b.conf\"");
        Write("b.conf", "include \"./app.conf\"");
        var error = Assert.Single(Assert.Throws<HoconException>(() => HoconDocument.Load(Full("app.conf"))).Errors);
        Assert.Equal(Full("b.conf"), error.Origin.Source);
        Assert.Contains($"{Full("app.conf")} -> {Full("b.conf")} -> ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_included_array_is_refused_in_its_own_file()
    {
        Write("app.conf", "include \"x.conf\"");
        Write("x.conf", "\n[1]");
        var error = Assert.Single(Assert.Throws<HoconException>(() => HoconDocument.Load(Full("app.conf"))).Errors);
        Assert.Equal(new HoconOrigin(Full("x.conf"), 2, 1), error.Origin);
    }

    [Fact]
    public void A_tree_of_includes_is_bounded()
    {
        for (var i = 0; i < 20; i++)
        {
            Write($"f{i}.conf", $"include \"f{i + 1}.conf\"\ninclude \"f{i + 1}.conf\"");
        }

        Write("f20.conf", "a=1");
        Assert.Contains("more than 1000 includes", Assert.Throws<HoconException>(() => HoconDocument.Load(Full("f0.conf"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_no_file_includes_by_absolute_path()
    {
        Write("x.conf", "a=1");
        Assert.Equal("""{"a":1}""", HoconTesting.Json($"include \"{Full("x.conf")}\""));
        HoconTesting.FailsAt("include \"x.conf\"", 1, 9, "relative include");
    }

    [Fact]
    public void A_file_that_is_no_text_gives_a_position()
    {
        File.WriteAllBytes(Full("app.conf"), [.. "a=1\nb=é"u8, 0xC3, 0x28]);
        Fails("app.conf", 2, 4, "no UTF-8");
        File.WriteAllBytes(Full("app.conf"), [0xEF, 0xBB, 0xBF, .. "ab"u8, 0, 1]);
        Fails("app.conf", 1, 3, "NUL");
        File.WriteAllBytes(Full("app.conf"), [0xEF, 0xBB, 0xBF, .. "a=1"u8]);
        Assert.Equal("""{"a":1}""", Json("app.conf"));
        using (var file = File.Create(Full("app.conf")))
        {
            file.SetLength((16 * 1024 * 1024) + 1);
        }

        Fails("app.conf", 0, 0, "16 MiB");
    }

    [Fact]
    public void Files_that_cannot_be_opened_are_errors()
    {
        Fails("missing.conf", 0, 0, "no such file");
        Assert.Null(HoconDocument.TryLoad(Full("missing.conf")));
        Directory.CreateDirectory(Full("dir.conf"));
        Fails("dir.conf", 0, 0, "cannot be read");
        Write("app.conf", "include \"dir.conf\"");
        Fails("app.conf", 1, 9, "cannot be read");
    }

    private string Full(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Full(name))!);
        File.WriteAllText(Full(name), text);
    }

    private string Json(string name) => HoconTesting.Json(HoconDocument.Load(Full(name)).Resolve(_ => null));

    private void Fails(string name, int line, int column, params string[] pieces)
    {
        var error = Assert.Single(Assert.Throws<HoconException>(() => HoconDocument.Load(Full(name))).Errors);
        Assert.Equal(new HoconOrigin(Full(name), line, column), error.Origin);
        Assert.All(pieces, p => Assert.Contains(p, error.Message, StringComparison.Ordinal));
    }
}
