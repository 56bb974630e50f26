@echo off
rem The same words as the Makefile: .\make run, .\make test
setlocal
set PYTHON=python
where /q py && set PYTHON=py -3
%PYTHON% "%~dp0tools\tasks.py" %*
exit /b %ERRORLEVEL%
