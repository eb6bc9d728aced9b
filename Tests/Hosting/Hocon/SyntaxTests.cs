using Xunit;
using static AkkaPrivacy.Tests.Hosting.Hocon.HoconTesting;

namespace AkkaPrivacy.Tests.Hosting.Hocon;

public sealed class SyntaxTests
{
    [Theory]
    [InlineData("", "{}")]
    [InlineData("  \n # only a comment", "{}")]
    [InlineData("{}", "{}")]
    [InlineData("\uFEFF{ a : 1 }", """{"a":1}""")]
    [InlineData("""{"a":[1,-2.5e+3,true,false,null,"x\u0041\n\/"],"b":{"c":{}}}""", """{"a":[1,-2.5e+3,true,false,null,"xA\n/"],"b":{"c":{}}}""")]
    [InlineData("{ \"a\"\n:\n1\n}\n", """{"a":1}""")]
    public void Json_and_documents_without_braces_are_read(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("a=1 # x\n// y\nb=2//z", """{"a":1,"b":2}""")]
    [InlineData("a=\"#no\" // yes \"\nb=c/d", """{"a":"#no","b":"c/d"}""")]
    [InlineData("a=[1 # one\n2]", """{"a":[1,2]}""")]
    [InlineData("a={ # open\n}#close", """{"a":{}}""")]
    public void Comments_end_at_the_line(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("a=1,b:2,c{d=3}", """{"a":1,"b":2,"c":{"d":3}}""")]
    [InlineData("\"foo\" {}", """{"foo":{}}""")]
    [InlineData("a =\n\n 1", """{"a":1}""")]
    [InlineData("a=1\n\n,b=2\n", """{"a":1,"b":2}""")]
    [InlineData("a=1,", """{"a":1}""")]
    [InlineData("a=[1,2,3,]", """{"a":[1,2,3]}""")]
    [InlineData("a=[1\n2\n3]", """{"a":[1,2,3]}""")]
    [InlineData("a=[1\r\n2\r\n]\r\nb=x\r\n", """{"a":[1,2],"b":"x"}""")]
    public void Separators_may_be_left_out(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("a=[1,2,3,,]", 1, 10, "found ','")]
    [InlineData("a=[,1]", 1, 4, "found ','")]
    [InlineData("a=[1,,2]", 1, 6, "found ','")]
    [InlineData("{a=1,,b=2}", 1, 6, "found ','; allowed is a key")]
    [InlineData("{,a=1}", 1, 2, "allowed is a key")]
    [InlineData("a=1\n}", 2, 1, "'}' without an opening '{'")]
    [InlineData("{a=1", 1, 5, "closes the '{' of line 1, column 1")]
    [InlineData("a=[1\n", 2, 1, "closes the '[' of line 1, column 3")]
    [InlineData("{a=1} b", 1, 7, "found an unquoted string; allowed is nothing after the closing '}'")]
    [InlineData("a", 1, 2, "found the end of the text after a key; allowed is ':', '=', '+=' or '{'")]
    [InlineData("a\nb=1", 1, 2, "found the end of the line after a key")]
    [InlineData("a=", 1, 3, "allowed is a value")]
    [InlineData("a=,b=1", 1, 3, "found ','")]
    [InlineData("a=b=c", 1, 4, "'=' inside a value")]
    [InlineData("a=b:c", 1, 4, "':' inside a value")]
    [InlineData("=1", 1, 1, "found '='; allowed is a key")]
    [InlineData("[1]", 1, 1, "'[' at the root; allowed is an object")]
    [InlineData("a=x@y", 1, 4, "found '@'")]
    [InlineData("a=$x", 1, 3, "found '$'")]
    [InlineData("a=x\u0001", 1, 4, "U+0001")]
    [InlineData("a=[1}", 1, 5, "found '}'; allowed is a comma or a new line")]
    [InlineData("a={b=1]", 1, 7, "found ']'")]
    [InlineData("a=\"x", 1, 3, "not closed before the text ends")]
    [InlineData("a=1\nb=\"x\ny\"", 2, 3, "not closed before the line ends")]
    [InlineData("a=\"\\q\"", 1, 4, "unknown escape")]
    [InlineData("a=\"\\u12g4\"", 1, 4, "unknown escape")]
    [InlineData("a=\"\\ud800\"", 1, 3, "surrogate")]
    [InlineData("a=\"x\ty\"", 1, 5, "U+0009")]
    [InlineData("a=\"\"\"x", 1, 3, "three quotes that is not closed")]
    [InlineData("a=\"\"\"\n\n\"\"\" @", 3, 5, "found '@'")]
    [InlineData("a=1\r\n\tb=@", 2, 4, "found '@'")]
    public void Errors_name_the_place_what_was_found_and_what_is_allowed(string text, int line, int column, string piece) =>
        FailsAt(text, line, column, piece, "allowed");

    [Fact]
    public void Every_unicode_separator_is_a_space()
    {
        Assert.Equal("""{"a":"b c"}""", Json("\u00A0a\u2007=\u202F\uFEFFb c\u2028\u001C\t\v\f"));
    }

    [Theory]
    [InlineData("a=truefoo", """{"a":"truefoo"}""")]
    [InlineData("a=footrue", """{"a":"footrue"}""")]
    [InlineData("a=10.0bar", """{"a":"10.0bar"}""")]
    [InlineData("a=1.2.3", """{"a":"1.2.3"}""")]
    [InlineData("a=-foo", """{"a":"-foo"}""")]
    [InlineData("a=007", """{"a":"007"}""")]
    [InlineData("a=yes", """{"a":"yes"}""")]
    [InlineData("a=/usr/bin", """{"a":"/usr/bin"}""")]
    public void Unquoted_strings_are_taken_literally(string text, string json) => Assert.Equal(json, Json(text));

    [Theory]
    [InlineData("a=\"\"\"foo\"\"\"", """{"a":"foo"}""")]
    [InlineData("a=\"\"\"foo\"\"\"\"", """{"a":"foo\""}""")]
    [InlineData("a=\"\"\"\"foo\"\"\"", """{"a":"\"foo"}""")]
    [InlineData("a=\"\"\"x\\u0041\n ${y}\"\"\"", """{"a":"x\\u0041\n ${y}"}""")]
    [InlineData("a=\"\"\"\"\"\"", """{"a":""}""")]
    [InlineData("a=\"\",b=1", """{"a":"","b":1}""")]
    public void Triple_quotes_keep_everything(string text, string json) => Assert.Equal(json, Json(text));
}
